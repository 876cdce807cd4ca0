import type { Overflow } from "@slack/types";
import { useState } from "react";
import { Icon } from "../components/Icon";
import { Menu } from "../components/Menu";
import { isSafeLink } from "../text/entities";
import type { ElementProps } from "./props";
import { useSurface } from "./surface";
import { useConfirm } from "./useConfirm";

export function OverflowElement({ element, blockId, label }: ElementProps<Overflow>) {
  const surface = useSurface();
  const [anchor, setAnchor] = useState<HTMLButtonElement | null>(null);
  const [open, setOpen] = useState(false);
  const [ask, dialog] = useConfirm(element.confirm);
  const actionId = element.action_id ?? "";
  const pick = (index: number) => {
    const option = element.options[index];
    setOpen(false);
    if (!option) return;
    ask(() => {
      if (option.url && isSafeLink(option.url)) window.open(option.url, "_blank", "noreferrer");
      surface.act(blockId, actionId, { type: "overflow", selected_option: option });
    });
  };
  return (
    <>
      <button
        type="button"
        ref={setAnchor}
        className="button button-icon"
        aria-label={`More options: ${label}`}
        aria-haspopup="menu"
        aria-expanded={open}
        disabled={surface.busy === `${blockId}/${actionId}`}
        data-testid={`overflow-${actionId}`}
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      {open && (
        <Menu
          anchor={anchor}
          label={label}
          items={element.options.map((one) => ({ label: one.text.text, hint: one.description?.text }))}
          onPick={pick}
          onClose={() => setOpen(false)}
        />
      )}
      {dialog}
    </>
  );
}
