// Sessions of the application: a signed cookie with the name of the user.
import type { Context } from "hono";
import { setSignedCookie } from "hono/cookie";
import { parseSigned } from "hono/utils/cookie";

const COOKIE = "session";

/** A real application asks for a password here. */
export function logIn(context: Context<{ Bindings: Env }>, user: string): Promise<void> {
  const options = { path: "/", httpOnly: true, sameSite: "Lax", maxAge: 86_400 } as const;
  return setSignedCookie(context, COOKIE, encodeURIComponent(user), context.env.SESSION_SECRET, options);
}

/** The user whose session the request has, as one segment of a topic. */
export async function userOf(request: Request, env: Env): Promise<string | undefined> {
  const cookies = await parseSigned(request.headers.get("cookie") ?? "", env.SESSION_SECRET, COOKIE);
  return cookies[COOKIE] || undefined;
}
