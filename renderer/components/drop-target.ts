import { type DragEvent, useEffect, useRef, useState } from "react";

/** The entries of a drop: the first, and how many came with it. Null when no file or folder was dropped. */
export type Dropped = { readonly first: File; readonly leftOut: number } | null;

export type DropTarget = {
  readonly isOver: boolean;
  readonly handlers: {
    readonly onDragEnter: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
};

/** Makes an element take files and folders. */
export function useDropTarget(onDropped: (dropped: Dropped) => void): DropTarget {
  // Entering a child comes before leaving its parent, so the two are counted against each other.
  const depth = useRef(0);
  const [isOver, setOver] = useState(false);
  return {
    isOver,
    handlers: {
      onDragEnter: (event) => {
        event.preventDefault();
        depth.current += 1;
        setOver(true);
      },
      onDragOver: (event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      },
      onDragLeave: () => {
        depth.current -= 1;
        if (depth.current <= 0) {
          depth.current = 0;
          setOver(false);
        }
      },
      onDrop: (event) => {
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        const { files } = event.dataTransfer;
        const first = files[0];
        onDropped(first === undefined ? null : { first, leftOut: files.length - 1 });
      },
    },
  };
}

/** Whether something is being dragged over the window, wherever. */
export function useWindowDrag(): boolean {
  const [isDragging, setDragging] = useState(false);
  useEffect(() => {
    const over = (): void => setDragging(true);
    const leave = (event: globalThis.DragEvent): void => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const end = (): void => setDragging(false);
    window.addEventListener("dragenter", over);
    window.addEventListener("dragleave", leave);
    // Captured, because a card that takes the drop ends it first.
    window.addEventListener("drop", end, true);
    return () => {
      window.removeEventListener("dragenter", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", end, true);
    };
  }, []);
  return isDragging;
}

/** Keeps the window from opening what is dropped beside every target. Call once. */
export function refuseStrayDrops(): void {
  window.addEventListener("dragover", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
  });
  window.addEventListener("drop", (event) => event.preventDefault());
}
