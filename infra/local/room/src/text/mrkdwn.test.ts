import { describe, expect, it } from "vitest";
import { parseInline, parseMrkdwn, type Inline } from "./mrkdwn";

const text = (value: string): Inline => ({ kind: "text", text: value });

describe("inline marks", () => {
  it.each([
    ["*bold*", [{ kind: "bold", children: [text("bold")] }]],
    ["_italic_", [{ kind: "italic", children: [text("italic")] }]],
    ["~gone~", [{ kind: "strike", children: [text("gone")] }]],
    ["`a *b* c`", [{ kind: "code", text: "a *b* c" }]],
    ["*a _b_*", [{ kind: "bold", children: [text("a "), { kind: "italic", children: [text("b")] }] }]],
    ["(*x*), ok", [text("("), { kind: "bold", children: [text("x")] }, text("), ok")]],
  ])("%s", (source, expected) => {
    expect(parseInline(source)).toEqual(expected);
  });

  it.each(["2*3*4", "snake_case_name", "* not a mark *", "**", "a ~ b", "10:30:00", "*open\nclosed*"])("leaves %j alone", (source) => {
    expect(parseInline(source)).toEqual([text(source)]);
  });

  it("does not end a style inside of a link or code", () => {
    expect(parseInline("*see `a*b` now*")).toEqual([
      { kind: "bold", children: [text("see "), { kind: "code", text: "a*b" }, text(" now")] },
    ]);
  });
});

describe("tokens", () => {
  it.each([
    ["<@U0DEPLOYER>", { kind: "user", id: "U0DEPLOYER", label: undefined }],
    ["<@U1|dana>", { kind: "user", id: "U1", label: "dana" }],
    ["<#C0OPS|ops>", { kind: "channel", id: "C0OPS", label: "ops" }],
    ["<!here>", { kind: "broadcast", range: "here" }],
    ["<!subteam^S0ONCALL|@oncall>", { kind: "usergroup", id: "S0ONCALL", label: "@oncall" }],
    [":rocket:", { kind: "emoji", name: "rocket" }],
    ["<https://a.test/?x=1&amp;y=2|see &lt;it&gt;>", { kind: "link", url: "https://a.test/?x=1&y=2", children: [text("see <it>")] }],
    ["<!date^1392734382^{date_short}^https://a.test|Feb 18>", { kind: "date", unix: 1392734382, format: "{date_short}", link: "https://a.test", fallback: "Feb 18" }],
  ])("%s", (source, expected) => {
    expect(parseInline(source)).toEqual([expected]);
  });

  it("links a bare address, without the full stop behind it, unless it is verbatim", () => {
    const link = { kind: "link", url: "https://a.test/b", children: [text("https://a.test/b")] };
    expect(parseInline("see https://a.test/b.")).toEqual([text("see "), link, text(".")]);
    expect(parseInline("see https://a.test/b.", true)).toEqual([text("see https://a.test/b.")]);
  });

  it("never makes a link that runs script", () => {
    expect(parseInline("<javascript:alert(1)|x>")).toEqual([text("<javascript:alert(1)|x>")]);
    expect(parseInline("<!date^1^{time}^javascript:alert(1)|x>")).toMatchObject([{ kind: "date", link: undefined }]);
  });

  it("keeps what somebody typed as text: escaped characters form no token", () => {
    expect(parseInline("&lt;@U0DEPLOYER&gt; &lt;!channel&gt; &amp;lt;")).toEqual([text("<@U0DEPLOYER> <!channel> &lt;")]);
  });
});

describe("blocks of lines", () => {
  it("keeps code apart, unescaped and without marks", () => {
    expect(parseMrkdwn("before\n```\n*a* &lt;b&gt;\n```\nafter")).toEqual([
      { kind: "lines", lines: [[text("before")]] },
      { kind: "pre", text: "*a* <b>" },
      { kind: "lines", lines: [[text("after")]] },
    ]);
  });

  it("shows a link in code as its text", () => {
    expect(parseMrkdwn("```see <https://a.test|a.test>```")).toEqual([{ kind: "pre", text: "see a.test" }]);
  });

  it("treats three backticks that nothing closes as text", () => {
    expect(parseMrkdwn("a ``` b")).toEqual([
      { kind: "lines", lines: [[text("a ")]] },
      { kind: "lines", lines: [[text("``` b")]] },
    ]);
  });

  it("gathers quoted lines, and after >>> all the rest", () => {
    expect(parseMrkdwn("a\n&gt; b\n&gt; c\nd")).toEqual([
      { kind: "lines", lines: [[text("a")]] },
      { kind: "quote", lines: [[text("b")], [text("c")]] },
      { kind: "lines", lines: [[text("d")]] },
    ]);
    expect(parseMrkdwn("&gt;&gt;&gt;b\nc")).toEqual([{ kind: "quote", lines: [[text("b")], [text("c")]] }]);
  });
});
