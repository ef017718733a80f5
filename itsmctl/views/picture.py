"""The frame of every drawing that stands alone: one SVG file with its own colours, light and dark, and its words."""

from __future__ import annotations

from itsmctl.language import Language
from itsmctl.reports.markup import element, words

ARROW = "url(#arrow)"
FONTS = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","PingFang SC","Hiragino Sans GB","Microsoft YaHei",'
    '"Noto Sans CJK SC","Noto Sans SC",sans-serif'
)
STYLE = f"""
svg{{--ground:#fff;--panel:#f5f7f9;--ink:#17212b;--soft:#566270;--line:#cfd6de;--accent:#1d5a96;--wash:#eaf1f8;--warm:#b3401a;
--a:#1d5a96;--r:#4a82ba;--c:#bcd3e8;--i:#e4edf5;--on:#fff;font-family:{FONTS};background:var(--ground)}}
@media (prefers-color-scheme:dark){{svg{{--ground:#11161c;--panel:#192028;--ink:#e4e9ee;--soft:#9aa7b4;--line:#39434e;--accent:#85b8ee;
--wash:#1b2a3a;--warm:#f2946a;--a:#85b8ee;--r:#3f74a8;--c:#2a4866;--i:#1d2c3b;--on:#11161c}}}}
text{{fill:var(--ink);font-size:12.5px}}
.heading{{font-size:19px;font-weight:650}}.sub,.note{{fill:var(--soft);font-size:12px}}
.lane{{fill:var(--ground);stroke:var(--line)}}.lane-1{{fill:var(--panel)}}.lane-head{{fill:var(--wash);stroke:var(--line)}}
.lane-label{{text-anchor:middle;font-weight:600}}
.task{{fill:var(--ground);stroke:var(--accent);stroke-width:1.5}}.task-id{{fill:var(--accent);font-size:11px;font-weight:650}}
.task-name{{text-anchor:middle;font-weight:550}}
.event{{fill:var(--ground);stroke:var(--accent);stroke-width:2}}.event.end{{stroke-width:4}}
.gate{{fill:var(--wash);stroke:var(--accent);stroke-width:1.5}}
.flow{{fill:none;stroke:var(--soft);stroke-width:1.5;stroke-linejoin:round}}.flow.back{{stroke-dasharray:5 4}}
.flow-label{{fill:var(--soft);font-size:11px;paint-order:stroke;stroke:var(--ground);stroke-width:3px}}
.arrow{{fill:var(--soft)}}
.pill{{fill:var(--wash);stroke:var(--line)}}.pill-label{{text-anchor:middle;font-size:11.5px}}
.cell{{stroke:var(--ground);stroke-width:2}}.cell-A{{fill:var(--a)}}.cell-R{{fill:var(--r)}}.cell-C{{fill:var(--c)}}.cell-I{{fill:var(--i)}}
.cell-none{{fill:var(--panel)}}.letter{{text-anchor:middle;font-weight:650}}.letter-A,.letter-R{{fill:var(--on)}}
.row-label{{text-anchor:end}}.column-label{{font-weight:600}}.middle{{text-anchor:middle}}
.box{{fill:var(--ground);stroke:var(--line);stroke-width:1.5}}.box.business{{stroke:var(--accent)}}.box.here{{fill:var(--wash);stroke:var(--accent);stroke-width:2.5}}
.box.pipeline,.box.retired{{stroke-dasharray:5 4}}.box-name{{font-weight:600}}
.day{{fill:var(--panel)}}.day.open{{fill:var(--r)}}.day.short{{fill:var(--c)}}.day.holiday{{fill:var(--warm)}}.day.makeup{{fill:var(--a)}}
.day-number{{font-size:9px;text-anchor:middle;fill:var(--soft)}}.day-number.on{{fill:var(--on)}}
"""


def picture(title: str, told: str, content: str, width: float, height: float, language: Language) -> str:
    """The whole file; `told` says in words what the drawing shows."""
    arrow = element(
        "marker",
        element("path", d="M0 0L8 4L0 8z", class_="arrow"),
        id="arrow",
        viewBox="0 0 8 8",
        refX=8,
        refY=4,
        markerWidth=8,
        markerHeight=8,
        orient="auto-start-reverse",
    )
    return (
        element(
            "svg",
            element("title", words(title)),
            element("desc", words(told, 4000)),
            element("style", STYLE.replace("&", "&amp;")),
            element("defs", arrow),
            content,
            xmlns="http://www.w3.org/2000/svg",
            xml_lang=language,
            role="img",
            width=float(width),
            height=float(height),
            viewBox=f"0 0 {width:.1f} {height:.1f}",
        ).replace("xml-lang=", "xml:lang=", 1)
        + "\n"
    )
