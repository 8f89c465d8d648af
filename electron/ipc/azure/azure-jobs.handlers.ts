import type { CallInput } from "../../contract/channels.ts";
import type { AzurePlan } from "../../contract/views/azure-plan.ts";
import { type Result, success } from "../../contract/problem.ts";
import type { AzureForecast, AzureInvocation } from "../../workspace/jobs/azure-submission.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { CallHandlers } from "../call.ts";
import { grantedPlaces, type Grants } from "../grants.ts";
import type { Previews } from "../previews.ts";

/** Showing what a job in the chosen Azure ML workspace would be and cost, starting it, and how fast it sends its input. */
export function azureJobHandlers(
  { azure, jobs }: Workspace,
  grants: Grants,
  previews: Previews,
): Pick<
  CallHandlers,
  "azure:preview-job" | "azure:start-job" | "azure:set-price" | "azure:upload-limit" | "azure:limit-upload"
> {
  return {
    async "azure:preview-job"(input) {
      const request = requestOf(grants, input);
      if (!request.ok) return request;
      return previews.run(input.preview_id, (signal) =>
        azure.within(null, async (resources, _changes, at) =>
          success(viewOf(await jobs.planForAzure(request.value, resources, at, signal))),
        ),
      );
    },
    async "azure:start-job"(input) {
      const request = requestOf(grants, input);
      if (!request.ok) return request;
      return azure.within(null, async (resources, _changes, at) => {
        const submitted = await jobs.submitToAzure(request.value, resources, at);
        return submitted.ok ? success(submitted.value.job) : submitted;
      });
    },
    "azure:set-price": ({ compute, price }) => azure.setPrice(compute, price),
    "azure:upload-limit": ({ name }) => jobs.uploadLimit(name),
    "azure:limit-upload": ({ name, limit }) => jobs.limitUpload(name, limit),
  };
}

/** Problems: input/not-found, output/unwritable, when a grant was not given by this window. */
function requestOf(grants: Grants, invocation: CallInput<"azure:start-job">): Result<AzureInvocation> {
  const places = grantedPlaces(grants, invocation);
  if (!places.ok) return places;
  return success({
    ...places.value,
    endpointName: invocation.endpoint_name,
    deploymentName: invocation.deployment_name,
    overrides: invocation.overrides,
    jobName: null,
  });
}

function viewOf({ problems, spec, listed, estimate, missingRights }: AzureForecast): AzurePlan {
  return {
    problems: [...problems],
    job:
      spec === null || estimate === null
        ? null
        : {
            workspace: spec.azure.place.workspace,
            run_as: spec.azure.runAs,
            compute: spec.compute,
            datastore: spec.azure.datastore.name,
            upload: listed === null ? null : { files: listed.files, bytes: listed.bytes, nested: listed.nested },
            output_folder: spec.output.folder,
            output_file: spec.output.fileName,
            output_format: spec.output.format,
            estimate,
            missing_rights: missingRights.map((right) => ({ ...right, actions: [...right.actions] })),
          },
  };
}
