import { Button } from "@fluentui/react-components";
import { BranchCompare20Regular } from "@fluentui/react-icons";
import { useState } from "react";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { t } from "../../locales/words.ts";
import { useApp } from "../../store/app-store.ts";
import { comparable } from "./candidates.ts";
import { CompareSheet } from "./compare-sheet.tsx";

/** Holds a job against another one; not there as long as there is none to hold it against. */
export function CompareButton({ job }: { readonly job: JobView }) {
  const [isOpen, setOpen] = useState(false);
  const canCompare = useApp(({ jobs }) => comparable(jobs, job).length > 0);
  if (!canCompare) return null;
  return (
    <>
      <Button icon={<BranchCompare20Regular />} onClick={() => setOpen(true)}>
        {t("compare.open")}
      </Button>
      {isOpen && <CompareSheet job={job} onClose={() => setOpen(false)} />}
    </>
  );
}
