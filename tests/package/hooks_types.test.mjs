// The types of millstream/react, millstream/vue and millstream/svelte, for users with strict types.
import { after, before, test } from "node:test";
import { Project } from "./project.mjs";

let project;
before(async () => (project = await Project.install("tests/package/hooks_types")));
after(() => project?.remove());

test("right calls of the hooks compile; a wrong selector, option or type of data does not", async () => {
  await project.run("tsc");
});
