// The types of millstream/client, for users with strict types on each host.
import { after, before, test } from "node:test";
import { Project } from "./project.mjs";

let project;
before(async () => (project = await Project.install("tests/package/client_types")));
after(() => project?.remove());

const HOSTS = { "a page": "dom", "Node, with @types/node alone": "node", "a Worker, with @cloudflare/workers-types": "workers" };
for (const [host, types] of Object.entries(HOSTS)) {
  test(`right calls compile for ${host}; a wrong selector, option or type of data does not`, async () => {
    await project.run("tsc", "--project", `tsconfig.${types}.json`);
  });
}
