import { confirmed, fileOption, nameOption, yesOption } from "../terminal/common-options.ts";
import { type Command, keyValues, usageProblem } from "../terminal/command.ts";
import { showDeleted, showList, showOne } from "../terminal/show.ts";
import { oneOf, text } from "../terminal/usage.ts";

const endpointColumns = ["name", "description", "defaults"];

export const endpointCommands: readonly Command[] = [
  {
    words: "endpoint create",
    usage: [oneOf([nameOption()], [fileOption])],
    summary: "make an endpoint",
    async run(context, values) {
      const file = values.text("file");
      const name = values.text("name");
      if ((file === null) === (name === null)) return usageProblem("Give either --name or --file.", this);
      const made = await context.workspace.endpoints.create(file !== null ? { file } : { name: name ?? "" });
      if (!made.ok) return made;
      const { endpoint, isNew, notices } = made.value;
      if (!isNew) context.terminal.note(`The endpoint ${endpoint.name} was there already and was overwritten.`);
      for (const notice of notices) context.terminal.note(notice);
      return showOne(context, endpoint);
    },
  },
  {
    words: "endpoint list",
    usage: [],
    summary: "list endpoints",
    async run(context) {
      return showList(
        context,
        context.workspace.endpoints.list(),
        endpointColumns,
        "There are no endpoints yet. Make one: batchdeck endpoint create -n NAME",
      );
    },
  },
  {
    words: "endpoint show",
    usage: [nameOption()],
    summary: "show an endpoint",
    async run(context, values) {
      const found = context.workspace.endpoints.show(values.text("name") ?? "");
      return found.ok ? showOne(context, found.value) : found;
    },
  },
  {
    words: "endpoint update",
    usage: [
      nameOption(),
      text("set", "defaults.deployment_name=D | description=TEXT | tags.NAME=TEXT", { isRepeated: true }),
    ],
    summary: "change an endpoint",
    async run(context, values) {
      const set = keyValues("set", values.list("set"));
      if (!set.ok) return set;
      const changed = context.workspace.endpoints.update(values.text("name") ?? "", set.value);
      return changed.ok ? showOne(context, changed.value) : changed;
    },
  },
  {
    words: "endpoint delete",
    usage: [nameOption(), yesOption],
    summary: "delete an endpoint and its deployments; jobs and outputs stay",
    async run(context, values) {
      const name = values.text("name") ?? "";
      const { endpoints } = context.workspace;
      const found = endpoints.show(name);
      if (!found.ok) return found;
      const sure = confirmed(values, `the endpoint ${name} and all its deployments`);
      if (!sure.ok) return sure;
      const deleted = await endpoints.delete(name);
      if (!deleted.ok) return deleted;
      const { deployments } = deleted.value;
      const count = `${deployments} ${deployments === 1 ? "deployment" : "deployments"}`;
      return showDeleted(context, { name, deployments }, `Deleted ${name} and ${count}; its jobs and outputs stay.`);
    },
  },
];
