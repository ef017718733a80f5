"""The portal: a folder of pages made from the definitions, which needs nothing but a browser.

`gather` collects what the pages show, `build` writes them. What stands on a page about a definition comes from
`itsmctl.views`, as for `itsmctl show`.
"""

from __future__ import annotations

from itsmctl.site.building import build, site_schema
from itsmctl.site.facts import Portal, gather

__all__ = ["Portal", "build", "gather", "site_schema"]
