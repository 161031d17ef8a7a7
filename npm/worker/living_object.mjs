// The base of the object's class.
import { DurableObject } from "cloudflare:workers";
import { ObjectLife } from "./object_life.mjs";

/** The member that an object has its life in. A class of an application, which extends the hub's, has none of this name. */
export const LIFE = Symbol("life");

/** An object with its life. Neither RPC nor a member of a subclass reaches it. */
export class LivingObject extends DurableObject {
  /** @internal */
  [LIFE] = new ObjectLife(this.ctx, this.env);
}
