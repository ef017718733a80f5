"""What goes wrong: faults in English and Chinese, with the services and categories that they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from itsmctl.generate.dice import Dice
from itsmctl.model import CodeList, Service, Text

SHELVED = ("other", "unknown")
"""Categories that classify nothing."""


@dataclass(frozen=True)
class Symptom:
    """A fault as the first line writes it down, and the second-line group that knows about it."""

    about: frozenset[str]
    """Words of the services that it happens to; none means any."""
    kinds: tuple[str, ...]
    """Words of the categories that it is filed under, the best first."""
    subcategory: str
    second_line: str
    text: Text
    seen_by_monitoring: bool


def _symptom(about: str, kinds: str, subcategory: str, second_line: str, en: str, zh: str) -> Symptom:
    seen = about.endswith("!")
    return Symptom(
        frozenset(about.rstrip("!").split()), tuple(kinds.split()), subcategory, second_line, Text(en, zh), seen
    )


_ORDER, _MAIL, _NET = "order sales business", "mail email collaboration", "network vpn"
_WAREHOUSE, _CUSTOMS, _TRACK, _FINANCE = "warehouse wms", "customs", "track trace portal", "finance erp accounting"
_HR, _DEVICE, _DESK = "hr", "workplace office devices", "desk"
_HOST, _DATA, _ACCESS, _BACKUP = "hosting cloud", "database", "identity access", "backup"

SYMPTOMS = (
    _symptom(_ORDER, "application software", "error-message", "application", "Order cannot be saved", "订单无法保存"),
    _symptom(_ORDER, "application software", "slow", "application", "Transport booking is very slow", "运输预订非常慢"),
    _symptom(_ORDER, "application software", "crash", "application", "Client closes by itself", "客户端自动退出"),
    _symptom(f"{_ORDER} {_WAREHOUSE}", "data report", "report", "application", "Stock report shows yesterday's figures", "库存报表显示昨日数据"),
    _symptom(_WAREHOUSE, "printing hardware", "label", "workplace", "Label printer in the warehouse prints blank", "仓库标签打印机打印空白"),
    _symptom(f"{_ORDER} {_FINANCE}", "access account", "permission", "application", "Cost centre is missing in the role", "角色中缺少成本中心"),
    _symptom(_ORDER + "!", "application software", "interface", "application", "EDI messages to customers are stuck", "发往客户的EDI报文积压"),
    _symptom(f"{_ORDER} {_DATA} {_FINANCE}!", "server database platform", "space", "platform", "Table space is 95 % full", "表空间使用率达95%"),
    _symptom(f"{_ORDER} {_BACKUP}!", "data database server", "backup", "platform", "Nightly backup did not finish", "夜间备份未完成"),
    _symptom(_MAIL, "collaboration mail email", "mailbox", "workplace", "Mailbox is full", "邮箱已满"),
    _symptom(_MAIL, "collaboration mail email", "meeting", "workplace", "No sound in video meetings", "视频会议没有声音"),
    _symptom(_MAIL, "collaboration mail email", "share", "workplace", "Shared folder cannot be opened", "共享文件夹打不开"),
    _symptom(f"{_MAIL} {_ACCESS}", "access account password", "password", "workplace", "Account is locked", "账号被锁定"),
    _symptom(_MAIL, "security", "phishing", "platform", "Suspicious mail reported by several users", "多名用户上报可疑邮件"),
    _symptom(_DEVICE, "printing hardware", "printer", "workplace", "Printer jams on double-sided pages", "打印机双面打印卡纸"),
    _symptom(_DEVICE, "hardware workplace", "screen", "workplace", "Second screen stays dark", "第二块屏幕不亮"),
    _symptom(_MAIL + "!", "collaboration mail email", "delivery", "platform", "Mail to customers waits in the queue", "发往客户的邮件在队列中滞留"),
    _symptom(_MAIL + "!", "server platform", "certificate", "platform", "Certificate of the mail gateway expires", "邮件网关证书即将到期"),
    _symptom(_NET, "network", "wifi", "network", "No wireless network on the third floor", "三楼没有无线网络"),
    _symptom(_NET, "network", "vpn", "network", "VPN drops every few minutes", "VPN每隔几分钟断线"),
    _symptom(_NET, "network hardware", "port", "network", "Desk port is dead after the move", "搬迁后工位网口不通"),
    _symptom(_NET, "access account", "token", "network", "Token for remote access is rejected", "远程接入令牌被拒绝"),
    _symptom(_NET + "!", "network", "line", "network", "Line Shanghai-Berlin loses packets", "上海至柏林专线丢包"),
    _symptom(_NET + "!", "network server", "switch", "network", "Core switch does not answer", "核心交换机无响应"),
    _symptom(_WAREHOUSE, "hardware application", "scanner", "workplace", "Scanner does not read any more", "扫描枪无法读码"),
    _symptom(_WAREHOUSE, "application software", "booking", "application", "Pallet is booked twice", "托盘重复入账"),
    _symptom(_WAREHOUSE + "!", "application software", "interface", "application", "Scan gateway answers slowly", "扫描网关响应缓慢"),
    _symptom(_CUSTOMS, "application software", "declaration", "application", "Declaration stays without an answer", "报关单一直无回执"),
    _symptom(_CUSTOMS, "data report", "tariff", "application", "Tariff number is not known", "税号不存在"),
    _symptom(_CUSTOMS + "!", "application network", "certificate", "application", "Certificate of the customs gateway expires", "海关网关证书即将到期"),
    _symptom(_TRACK, "application software", "milestone", "application", "Shipment shows no milestones", "货件无节点信息"),
    _symptom(_TRACK, "access account", "login", "application", "Account of a shipper cannot sign in", "货主账号无法登录"),
    _symptom(_TRACK + "!", "application network", "availability", "platform", "Portal cannot be reached from outside", "外部无法访问门户"),
    _symptom(_FINANCE, "application software", "settlement", "application", "Freight settlement ends with an error", "运费结算报错"),
    _symptom(_FINANCE, "data report", "balance", "application", "Balances of two reports differ", "两张报表余额不一致"),
    _symptom(_HR, "application software", "leave", "application", "Request for leave has no approver", "请假单没有审批人"),
    _symptom(_HR, "data report", "payslip", "application", "Pay slip of last month is missing", "缺少上月工资单"),
    _symptom(_HR + "!", "application data", "interface", "application", "Nightly load of personal data failed", "夜间人员数据同步失败"),
    _symptom(_DEVICE + "!", "hardware workplace", "battery", "workplace", "Battery of a notebook reports its end", "笔记本电池寿命告警"),
    _symptom(_DESK, "collaboration network", "telephone", "network", "Calls to the desk break off", "服务台来电中断"),
    _symptom(_DESK, "application software", "portal", "application", "Self-service portal does not load", "自助门户无法打开"),
    _symptom(_HOST, "server platform", "machine", "platform", "Virtual machine does not start", "虚拟机无法启动"),
    _symptom(f"{_HOST} {_DATA}!", "server platform", "memory", "platform", "Memory of a machine is exhausted", "主机内存耗尽"),
    _symptom(_DATA, "data database server", "query", "platform", "Query runs for an hour", "查询运行一小时未结束"),
    _symptom(_DATA + "!", "data database server", "standby", "platform", "Standby lags behind by ten minutes", "备库延迟十分钟"),
    _symptom(_ACCESS, "access account", "role", "platform", "Role is missing after a change of department", "调岗后缺少角色"),
    _symptom(_ACCESS + "!", "access security server", "sign-on", "platform", "Sign-on is refused for many users", "大量用户登录被拒"),
    _symptom(_BACKUP, "data server", "restore", "platform", "Folder has to be brought back", "需要恢复文件夹"),
    _symptom("!", "server platform hardware", "disk", "platform", "Disk of the array failed", "磁盘阵列硬盘故障"),
    _symptom("!", "security", "malware", "platform", "Virus scanner raised an alarm", "防病毒软件报警"),
    _symptom(_DEVICE, "hardware workplace", "notebook", "workplace", "Notebook does not start", "笔记本电脑无法启动"),
)  # fmt: skip
GENERIC = (
    _symptom("!", "", "general", "application", "It does not work as yesterday", "与昨天不一样，无法正常使用"),
    _symptom("!", "", "general", "workplace", "Nobody is sure what is wrong", "说不清哪里出了问题"),
)


class Catalogue:
    """The categories of a code list, with the faults that fit a service."""

    def __init__(self, codes: CodeList | None) -> None:
        ids = [code.id for code in codes.codes] if codes else ["application", "hardware", "network", "access", "other"]
        self._shelved = [id_ for id_ in ids if id_ in SHELVED]
        self._usual = [id_ for id_ in ids if id_ not in SHELVED] or ["incident"]
        self._known: dict[tuple[str, bool], tuple[Symptom, ...]] = {}

    def draw(self, dice: Dice, service: Service, *, monitored: bool, shelved: bool) -> tuple[str, Symptom]:
        """A category and a fault; `shelved` asks for a category that says nothing, where the list has one."""
        if shelved and self._shelved:
            return dice.pick(self._shelved), dice.pick(GENERIC)
        symptom = dice.pick(self._symptoms(service.id, monitored))
        fitting = [id_ for kind in symptom.kinds for id_ in self._usual if kind in id_.split("-")]
        return fitting[0] if fitting else dice.pick(self._usual), symptom

    def _symptoms(self, service: str, monitored: bool) -> tuple[Symptom, ...]:
        if (service, monitored) not in self._known:
            words = set(service.split("-"))
            own = [s for s in SYMPTOMS if s.seen_by_monitoring == monitored and s.about & words]
            anywhere = [s for s in SYMPTOMS if s.seen_by_monitoring == monitored and not s.about]
            self._known[service, monitored] = (*own, *anywhere) or GENERIC
        return self._known[service, monitored]
