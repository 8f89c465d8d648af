import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import {
  ArrowDown20Regular,
  ArrowUp20Regular,
  MoreHorizontal16Regular,
  MoreHorizontal20Regular,
  ChevronDoubleDown20Regular,
  ChevronDoubleUp20Regular,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";
import { jobPrioritySchema } from "../../../electron/contract/nouns/deployment.ts";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { t } from "../../locales/words.ts";
import type { arrangeJob } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { type QueueMoves, queueMoves } from "../../store/jobs.ts";

const moves: readonly (readonly [keyof QueueMoves, ReactElement])[] = [
  ["first", <ChevronDoubleUp20Regular key="first" />],
  ["up", <ArrowUp20Regular key="up" />],
  ["down", <ArrowDown20Regular key="down" />],
  ["last", <ChevronDoubleDown20Regular key="last" />],
];

type Props = {
  readonly job: JobView;
  readonly onArrange: (changes: Parameters<typeof arrangeJob>[1]) => void;
  readonly compact: boolean;
};

/** A job's priority and its place among the jobs of that priority. */
export function JobMenu({ job, onArrange, compact }: Props) {
  return (
    <Menu positioning="below-end" checkedValues={{ priority: [job.priority] }}>
      <MenuTrigger disableButtonEnhancement>
        <Button
          size={compact ? "small" : "medium"}
          appearance={compact ? "subtle" : "secondary"}
          icon={compact ? <MoreHorizontal16Regular /> : <MoreHorizontal20Regular />}
          aria-label={t("job.order")}
          title={t("job.order")}
        />
      </MenuTrigger>
      <MenuPopover>
        <JobMenuList job={job} onArrange={onArrange} />
      </MenuPopover>
    </Menu>
  );
}

/** Apart, so that only an open menu follows every change of the queue. */
function JobMenuList({ job, onArrange }: Omit<Props, "compact">) {
  const allowed = queueMoves(
    useApp(({ jobs }) => jobs),
    job,
  );
  return (
    <MenuList>
      <MenuGroup>
        <MenuGroupHeader>{t("job.priority")}</MenuGroupHeader>
        {jobPrioritySchema.options.toReversed().map((priority) => (
          <MenuItemRadio
            key={priority}
            name="priority"
            value={priority}
            onClick={() => onArrange({ priority, place: null })}
          >
            {t(`priority.${priority}`)}
          </MenuItemRadio>
        ))}
      </MenuGroup>
      <MenuDivider />
      <MenuGroup>
        <MenuGroupHeader>{t("job.place")}</MenuGroupHeader>
        {moves.map(([name, icon]) => {
          const place = allowed[name];
          return (
            <MenuItem
              key={name}
              icon={icon}
              disabled={place === null}
              onClick={() => onArrange({ priority: null, place })}
            >
              {t(`move.${name}`)}
            </MenuItem>
          );
        })}
      </MenuGroup>
    </MenuList>
  );
}
