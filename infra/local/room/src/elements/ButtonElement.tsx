import { useLayoutEffect, useRef } from "react";
import type { Button } from "@slack/types";
import { Icon } from "../components/Icon";
import { isSafeLink } from "../text/entities";
import { PlainText } from "../text/PlainText";
import type { ElementProps } from "./props";
import { useSurface } from "./surface";
import { useConfirm } from "./useConfirm";

const STYLES = { primary: "button button-primary", danger: "button button-danger" };

export function ButtonElement({ element, blockId }: ElementProps<Button>) {
  const surface = useSurface();
  const [ask, dialog] = useConfirm(element.confirm);
  const actionId = element.action_id ?? "";
  const busy = surface.busy === `${blockId}/${actionId}`;
  const { url } = element;
  const act = () => {
    if (url && isSafeLink(url)) window.open(url, "_blank", "noreferrer");
    surface.act(blockId, actionId, { type: "button", text: element.text, ...(element.value === undefined ? {} : { value: element.value }) });
  };
  // The message may have been updated while its question was read: what counts is the button as it is then.
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  const press = () => ask(() => latest.current());
  return (
    <>
      <button
        type="button"
        className={element.style ? STYLES[element.style] : "button"}
        aria-label={element.accessibility_label}
        aria-busy={busy}
        disabled={busy}
        data-testid={`button-${actionId}`}
        onClick={press}
      >
        <PlainText text={element.text.text} emoji={element.text.emoji} />
        {url && <Icon name="external" size={14} />}
        {busy && <span className="spinner" aria-hidden="true" />}
      </button>
      {dialog}
    </>
  );
}
