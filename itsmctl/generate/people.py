"""The people of the generated history: users and engineers of two sites, with names in hanzi, pinyin and German."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from itsmctl.generate.dice import Dice
from itsmctl.model import Definitions
from itsmctl.model.holding import tenures

_SURNAMES = (
    "王 Wang,李 Li,张 Zhang,刘 Liu,陈 Chen,杨 Yang,赵 Zhao,黄 Huang,周 Zhou,吴 Wu,徐 Xu,孙 Sun,朱 Zhu,马 Ma,胡 Hu,"
    "郭 Guo,林 Lin,何 He,高 Gao,梁 Liang,郑 Zheng,罗 Luo,宋 Song,谢 Xie,唐 Tang,韩 Han,曹 Cao,许 Xu,邓 Deng,萧 Xiao"
)
_GIVEN = (
    "伟 Wei,芳 Fang,娜 Na,敏 Min,静 Jing,丽 Li,强 Qiang,磊 Lei,洋 Yang,艳 Yan,勇 Yong,军 Jun,杰 Jie,娟 Juan,涛 Tao,"
    "明 Ming,超 Chao,秀兰 Xiulan,霞 Xia,平 Ping,建华 Jianhua,志强 Zhiqiang,晓明 Xiaoming,思远 Siyuan,雨桐 Yutong,"
    "子涵 Zihan,浩然 Haoran,佳怡 Jiayi,文博 Wenbo,雪梅 Xuemei,国栋 Guodong,海燕 Haiyan,宇航 Yuhang,诗琪 Shiqi"
)
_FIRST_NAMES = (
    "Anja,Anna,Bernd,Birgit,Carsten,Clara,David,Dilek,Elif,Emil,Felix,Franziska,Greta,Hanna,Ines,Jan,Jonas,Jule,Karin,"
    "Katrin,Lars,Lena,Lukas,Marie,Martin,Mehmet,Nina,Oliver,Paul,Petra,Ralf,Sabine,Sven,Thomas,Ute,Yusuf"
)
_LAST_NAMES = (
    "Bauer,Becker,Braun,Demir,Fischer,Franke,Hartmann,Hoffmann,Huber,Kaya,Keller,Klein,Koch,Krause,Krüger,Lange,Lehmann,"
    "Maier,Meyer,Müller,Neumann,Richter,Schäfer,Schmidt,Schneider,Schröder,Schulz,Vogel,Wagner,Weber,Werner,Wolf,"
    "Yıldız,Zimmermann,Zander"
)
"""Umlauts stay: an export that loses them was read in the wrong encoding."""


@dataclass(frozen=True)
class Site:
    """A town with an office: its zone, its share of the work, and the names that tools show for it."""

    id: str
    name: str
    zone: str
    offset: int
    """Hours ahead of UTC in winter; good enough to tell day from night."""
    weight: int

    def is_daytime(self, moment: int) -> bool:
        """Whether an office would be staffed: a weekday from eight to seven."""
        days, seconds = divmod(moment + self.offset * 3600, 86_400)
        return (days + 3) % 7 < 5 and 8 <= seconds // 3600 < 19


SHANGHAI = Site("shanghai", "Shanghai 上海", "Asia/Shanghai", 8, 65)
BERLIN = Site("berlin", "Berlin 柏林", "Europe/Berlin", 1, 35)
SITES = (SHANGHAI, BERLIN)

FIRST_LINE = {"shanghai": "Service Desk Shanghai 上海服务台", "berlin": "Service Desk Berlin 柏林服务台"}
SECOND_LINE = {
    "application": "Business Applications 业务应用组",
    "network": "Network Operations 网络运维组",
    "workplace": "Workplace Support 桌面支持组",
    "platform": "Servers and Databases 系统与数据库组",
}
SUPPLIERS = ("Supplier: Jiechi Maintenance 捷驰维保（供应商）", "Supplier: Nordlicht Netze GmbH 北光网络（供应商）")
MONITORING = "event.monitor"


@dataclass(frozen=True)
class Staff:
    """Everybody who can appear in a ticket: users by site, engineers by group."""

    users: dict[str, tuple[str, ...]]
    engineers: dict[str, dict[str, tuple[str, ...]]]
    """By group and site."""

    @property
    def crews(self) -> dict[str, str]:
        """The group of each engineer."""
        return {name: group for group, sites in self.engineers.items() for names in sites.values() for name in names}

    def anyone(self, dice: Dice, group: str, site: Site, moment: int) -> str:
        """One engineer of a group: of the ticket's site, unless only the other one is awake."""
        here = self.engineers[group]
        awake = [s.id for s in sorted(SITES, key=lambda s: s != site) if s.id in here and s.is_daytime(moment)]
        return dice.pick(here[awake[0] if awake else site.id if site.id in here else next(iter(here))])


Crew = tuple[str, str]
"""A group and a site."""


def appointed(definitions: Definitions, start: date, end: date) -> dict[Crew, tuple[str, ...]]:
    """Those whom the definitions name for a role of groups, all the days from start to end, dealt to the groups of their site in turn.

    Definitions do not say who sits where: whoever is named with hanzi works in Shanghai.
    """
    found: dict[Crew, list[str]] = defaultdict(list)
    for role in definitions.roles.values():
        for site in SITES:
            groups = [g for g in role.groups if g in SECOND_LINE.values() or g == FIRST_LINE[site.id]]
            people = dict.fromkeys(
                t.person
                for t in tenures(definitions.assignments.values(), definitions.positions)
                if t.role == role.id
                and t.assignment.account == "person"
                and (t.period.start is None or t.period.start <= start)
                and (t.period.end is None or end <= t.period.end)
                and _site_of(t.person) == site
            )
            for place, person in enumerate(people if groups else ()):
                found[groups[place % len(groups)], site.id].append(person)
    return {crew: tuple(names) for crew, names in found.items()}


def _site_of(name: str) -> Site:
    return SHANGHAI if any("\u4e00" <= letter <= "\u9fff" for letter in name) else BERLIN


def hire(dice: Dice, records: int, named: Mapping[Crew, tuple[str, ...]], taken: frozenset[str]) -> Staff:
    """Staff for a history of this many records; nobody is a user and an engineer at once.

    `named` fill the last places of their crews, so that the first of each is made up; a name in `taken` is given to nobody else.
    """
    each = max(3, min(40, records // 2500))
    pools = {"shanghai": _chinese(), "berlin": _german()}
    for site, names in pools.items():
        dice.shuffle(names)
        pools[site] = [name for name in names if name not in taken]
    groups = [(FIRST_LINE[site.id], site.id, 2 * each) for site in SITES]
    groups += [(group, site.id, each) for group in SECOND_LINE.values() for site in SITES]
    groups += [(SUPPLIERS[0], "shanghai", each), (SUPPLIERS[1], "berlin", each)]
    engineers: dict[str, dict[str, tuple[str, ...]]] = {}
    for group, site_id, wanted in groups:
        last = named.get((group, site_id), ())[: wanted - 1]
        first = [pools[site_id].pop() for _ in range(wanted)][: wanted - len(last)]
        engineers.setdefault(group, {})[site_id] = (*first, *last)
    limit = max(25, records // 12)
    users = {site_id: tuple(names[:limit]) for site_id, names in pools.items()}
    return Staff(users, engineers)


def _chinese() -> list[str]:
    return [f"{s[0]}{g[0]} {s[1]} {g[1]}" for s in _pairs(_SURNAMES) for g in _pairs(_GIVEN)]


def _german() -> list[str]:
    return [f"{first} {last}" for first in _FIRST_NAMES.split(",") for last in _LAST_NAMES.split(",")]


def _pairs(text: str) -> Sequence[tuple[str, str]]:
    return [(hanzi, pinyin) for hanzi, _, pinyin in (entry.partition(" ") for entry in text.split(","))]
