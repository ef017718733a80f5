"""What people call the columns of tickets, where no vendor's label says it: in English, Chinese and a few other languages."""

from __future__ import annotations

from collections.abc import Mapping

MOMENT_OF_UPDATE, AUTHOR_OF_UPDATE, TEAM_OF_AUTHOR, COUNTER_OF_UPDATE = "@at", "@actor", "@actor-group", "@order"
"""What an export of updates has beside columns of the record: when, by whom, of which group, and which of several came first."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "record_id": (
        "id", "number", "ticket", "ticket id", "ticket number", "ticket no", "case id", "case number", "reference", "ref",
        "key", "incident", "incident id", "request id", "change id", "problem id", "编号", "单号", "工单号", "工单编号", "流水号",
        "事件编号", "ticketnummer", "nummer", "vorgangsnummer", "vorgang", "case ref", "numéro", "número", "case:concept:name", "报修单号", "单据编号",
        "call number", "display id", "meldingnummer", "meldungsnummer",
    ),
    "title": ("title", "subject", "summary", "short description", "headline", "标题", "主题", "摘要", "简述", "betreff", "titel", "titre", "asunto", "título", "brief description", "kurzbeschreibung", "korte omschrijving", "kurztext", "problem", "problembeschreibung", "objet", "asunto del ticket", "工单标题", "故障现象"),
    "service": ("service", "business service", "it service", "affected service", "application", "服务", "所属服务", "服务名称", "业务服务", "业务系统", "所属业务系统", "应用系统", "dienst", "servicio", "serviço", "系统名称", "所属系统", "system", "affected system", "it system"),
    "ci": ("ci", "configuration item", "asset", "device", "affected ci", "配置项", "设备", "资产", "gerät", "ci name", "configuration item name"),
    "category": ("category", "ticket category", "classification", "分类", "类别", "kategorie", "catégorie", "categoría", "categoria"),
    "subcategory": ("subcategory", "sub category", "category 2", "子分类", "子类", "unterkategorie"),
    "priority": ("priority", "prio", "ticket priority", "severity", "优先级", "优先", "级别", "priorität", "priorité", "prioridad", "prioridade", "优先等级", "紧急级别", "故障等级", "事件等级", "事件级别", "等级", "故障级别", "sev", "niveau"),
    "impact": ("impact", "影响", "影响程度", "影响度", "影响范围", "auswirkung", "impacto"),
    "urgency": ("urgency", "紧急度", "紧急程度", "dringlichkeit", "urgence", "urgencia", "urgência"),
    "state": ("state", "status", "stage", "ticket status", "current status", "状态", "当前状态", "zustand", "statut", "estado", "concept:name", "bearbeitungsstand", "bearbeitungsstatus", "ticketstatus", "état", "situação", "工单状态", "处理状态", "activity", "activity id", "activity name", "活动", "环节", "situación", "流程状态", "当前环节", "处理环节", "current phase", "phase", "ticket phase"),
    "channel": ("channel", "source", "contact type", "reported via", "origin", "来源", "渠道", "上报渠道", "kanal", "canal", "quelle", "eingangsweg", "eingangskanal", "meldeweg", "origine", "origen", "origem", "受理方式", "报障方式", "来源渠道", "ticket source", "ticket channel", "notification source", "reporting channel", "intake channel"),
    "customer": ("customer", "company", "client", "account", "organisation", "organization", "客户", "公司", "单位", "kunde", "cliente"),
    "requester": ("requester", "caller", "reporter", "reported by", "requested by", "affected user", "end user", "contact", "报告人", "提交人", "申请人", "请求人", "报修人", "melder", "antragsteller", "demandeur", "solicitante", "报障人", "提单人", "申告人", "reporter name", "requester name", "request user", "profile full name", "aanmelder", "anmelder"),
    "opened_by": ("opened by", "created by", "creator", "author", "submitter", "logged by", "registered by", "创建人", "登记人", "受理人", "ersteller", "auteur", "建单人"),
    "group": ("group", "team", "queue", "queue name", "owner team", "owned by team", "support team", "admin group", "assignment group", "assigned group", "assigned team", "support group", "owner group", "处理组", "受理组", "支持组", "组", "gruppe", "groupe", "grupo", "org:group", "team assigned", "group assigned", "assignment team", "squad", "resolution group", "resolver group", "resolver team", "resolution team", "resolving group", "equipe", "equipo", "fila", "处理部门", "责任部门", "operator group", "behandelaarsgroep", "bearbeitergruppe"),
    "assignee": ("assignee", "assigned to", "owner", "agent", "technician", "engineer", "handler", "analyst", "处理人", "负责人", "工程师", "受派人", "bearbeiter", "technicien", "técnico", "org:resource", "assigned agent", "agent assigned", "assigned technician", "assigned engineer", "assigned user", "assigned person", "responsible", "analista", "técnico responsável", "atribuído para", "responsável", "responsable", "经办人", "维修人", "受理工程师", "处理工程师", "技术员", "message processor", "assignee name", "operator", "behandelaar"),
    "resolved_by": ("resolved by", "solved by", "解决人", "gelöst von"),
    "closed_by": ("closed by", "关闭人", "geschlossen von", "结单人"),
    "closure_code": ("closure code", "close code", "closed code", "resolution code", "关闭代码", "关单代码", "解决代码"),
    "resolution": ("resolution", "solution", "close notes", "resolution notes", "work performed", "解决方案", "处理结果", "解决办法", "lösung", "solución", "solução"),
    "parent": ("parent", "parent ticket", "parent id", "父工单", "上级工单"),
    "problem": ("problem", "problem id", "related problem", "关联问题", "问题单"),
    "change": ("change", "change id", "rfc", "related change", "关联变更", "变更单"),
    "knowledge": ("knowledge", "knowledge article", "kb article", "知识", "知识条目", "kb", "kb number", "kb no", "knowledge number"),
    "type": ("change type", "变更类型"),
    "risk": ("risk", "risk level", "风险", "风险等级"),
    "outcome": ("outcome", "change result", "变更结果"),
    "item": ("item", "catalogue item", "catalog item", "服务项目", "请求项"),
    "root_cause": ("root cause", "根本原因", "根因"),
    "workaround": ("workaround", "变通方法", "临时措施"),
    "pause_reason": ("pause reason", "hold reason", "on hold reason", "pending reason", "status reason", "挂起原因"),
    "supplier": ("supplier", "vendor", "供应商"),
    "opened_at": ("opened", "opening", "open", "created", "create", "creation", "logged", "reported", "submitted", "submit", "registered", "raised", "start", "创建", "创建时间", "登记", "受理", "提交", "上报", "报告", "打开", "建单", "erstellt", "eröffnet", "eröffnung", "erstellung", "angelegt", "anlage", "ouverture", "création", "apertura", "abertura", "creación", "criação", "eingang", "eingegangen", "gemeldet", "meldung", "begin", "began", "beginning", "fecha de creación", "报障", "报修", "申报", "申告", "提单", "提单时间", "申告时间", "报障时间", "报修时间", "提交时间", "request time", "request date", "requested", "call date", "aangemeld", "aangemaakt"),
    "responded_at": ("responded", "first response", "first responded", "acknowledged", "answered", "accepted", "reaction", "响应", "响应时间", "首次响应", "erste reaktion", "erste antwort", "première réponse", "primera respuesta", "primeira resposta", "接单", "受理", "first reply"),
    "resolved_at": ("resolved", "solved", "resolution", "fixed", "completed", "解决", "解决时间", "完成", "完成时间", "gelöst", "lösung", "behoben", "résolution", "solución", "resolución", "solução", "erledigt", "résolu", "resuelto", "resolvido", "cleared", "restored", "restoration", "恢复", "修复", "处理完成", "完工", "completion", "erledigung", "gereed"),
    "closed_at": ("closed", "closing", "close", "closure", "关闭", "关单", "结单", "geschlossen", "abgeschlossen", "abschluss", "schließung", "clôture", "cierre", "fechamento", "beendet", "fermé", "cerrado", "fechado", "办结", "完结", "afgemeld", "归档"),
    "due_at": ("due", "due by", "deadline", "target", "resolve by", "target resolution", "截止", "到期", "期限", "应解决", "fällig", "frist", "échéance", "vencimiento", "streefdatum", "zieldatum"),
    "recorded_at": ("recorded", "entered", "录入", "erfasst"),
    "planned_start": ("planned start", "scheduled start", "计划开始"),
    "planned_end": ("planned end", "scheduled end", "计划结束", "计划完成"),
    "actual_start": ("actual start", "实际开始"),
    "actual_end": ("actual end", "实际结束", "实际完成"),
    "reopen_count": ("reopen count", "reopens", "reopened", "重开次数", "重新打开次数", "number of reopens", "no of reopens", "reopen counter"),
    "reassignment_count": ("reassignment count", "reassignments", "转派次数", "改派次数", "number of reassignments", "no of reassignments", "reassignment counter"),
    "reported_sla_met": ("made sla", "sla met", "within sla", "sla", "overdue", "overdue status", "sla breached", "breached", "是否达标", "sla达标", "是否超时", "是否超sla"),
    "major": ("major", "major incident", "重大事件", "是否重大事件"),
    MOMENT_OF_UPDATE: ("at", "when", "updated", "last updated", "modified", "changed", "timestamp", "time:timestamp", "更新", "修改", "变更", "操作", "geändert", "complete timestamp", "event timestamp"),
    TEAM_OF_AUTHOR: ("actor group", "group of actor", "操作组"),
    AUTHOR_OF_UPDATE: ("updated by", "changed by", "modified by", "user", "actor", "author", "更新人", "操作人", "修改人", "geändert von", "resource", "performer", "执行人"),
    COUNTER_OF_UPDATE: ("mod count", "sys mod count", "sequence", "seq", "version", "revision", "序号"),
    "field": ("field", "field name", "attribute", "字段", "字段名", "feld"),
    "old": ("old", "old value", "from", "before", "value before", "before value", "旧值", "原值", "alter wert", "vorher", "wert vorher", "ancienne valeur", "valor anterior"),
    "new": ("new", "new value", "to", "after", "value after", "after value", "新值", "neuer wert", "nachher", "wert nachher", "nouvelle valeur", "valor nuevo", "nuevo valor"),
    "approver": ("approver", "approved by", "审批人", "genehmiger"),
    "decision": ("decision", "approval", "approval state", "approval status", "审批结果", "审批状态", "entscheidung"),
    "role": ("role", "approver role", "角色"),
}  # fmt: skip

TABLE_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "event": {
        "record_id": ("documentkey", "document key", "record", "object", "object id", "entity id", "issue", "issue key", "对象"),
        "field": ("fieldname", "property", "column", "column name", "item", "修改字段", "变更字段"),
        "old": ("oldvalue", "previous", "previous value", "from value", "修改前", "变更前"),
        "new": ("newvalue", "current value", "to value", "修改后", "变更后"),
        MOMENT_OF_UPDATE: ("created", "date", "changed at", "sys created on"),
    },
    "approval": {
        "record_id": ("document", "approval for", "record", "change number", "被审批单"),
        "decision": ("state", "status", "result", "outcome", "状态", "结果", "审批意见"),
        "role": ("group", "approval group", "审批组"),
        MOMENT_OF_UPDATE: ("sys updated on", "decided", "approved", "created", "approval date", "审批时间", "审批日期"),
    },
    "link": {
        "record_id": ("source", "from", "source ticket", "issue", "issue key", "源工单"),
        "type": ("relation", "relationship", "link type", "relation type", "type", "link", "关系", "关联类型", "关联关系"),
        "target": ("target", "to", "linked", "linked ticket", "linked issue", "linked to", "related", "related ticket", "related to", "related record", "target ticket", "关联工单", "目标工单"),
    },
    "detail": {
        "record_id": ("task", "record"),
        "reported_sla_met": ("has breached", "breached", "violated", "met", "是否违约"),
        "due_at": ("breach time", "breaches at", "planned end time", "planned end", "target time", "违约时间"),
    },
}  # fmt: skip
"""The same where a table of its own says what is about records in other files."""

AGREEMENT_WORDS = (
    "sla",
    "sla name",
    "sla definition",
    "agreement",
    "agreement name",
    "metric",
    "cycle",
    "service target",
    "目标",
    "协议",
    "sla名称",
    "服务目标",
)
"""What a column is called that names the agreement, where rows are the SLAs of records in other files."""

DECISIONS: Mapping[str, tuple[str, ...]] = {
    "approved": ("approved", "accepted", "yes", "批准", "同意", "通过", "genehmigt"),
    "rejected": ("rejected", "declined", "denied", "no", "驳回", "拒绝", "不同意", "abgelehnt"),
    "requested": ("requested", "pending", "open", "待审批", "已申请", "angefragt"),
    "not-required": ("not required", "not_required", "no longer required", "无需审批"),
}  # fmt: skip
"""What tools call the decision of an approver."""

PROCESS_WORDS = (
    "type",
    "ticket type",
    "issue type",
    "request type",
    "record type",
    "class",
    "kind",
    "process",
    "类型",
    "请求类型",
    "事件类型",
    "工单类型",
    "流程",
    "typ",
    "tipo",
    "art",
    "ticketart",
    "vorgangsart",
    "tipo de ticket",
    "工单类别",
    "task type",
    "work type",
    "call type",
    "soort melding",
    "meldungsart",
)
"""What a column is called that tells incidents from requests."""

PROCESSES: Mapping[str, tuple[str, ...]] = {
    "incident": ("incident", "incidents", "fault", "trouble", "inc", "事件", "故障", "störung", "incidencia", "incidente", "storing"),
    "request": ("request", "service request", "requested item", "sc_req_item", "ritm", "req", "sctask", "sr", "请求", "服务请求", "anfrage", "demande", "requerimiento", "requisição", "serviceanfrage", "auftrag", "solicitud", "solicitação", "verzoek", "aanvraag"),
    "change": ("change", "change request", "change_request", "rfc", "chg", "变更", "变更请求", "änderung", "wijziging"),
    "problem": ("problem", "problems", "prb", "问题"),
    "release": ("release", "rel", "发布"),
}  # fmt: skip
"""How a value, the letters of a number or the name of a file tell the process."""

STATES: Mapping[str, tuple[str, ...]] = {
    "new": ("new", "open", "opened", "logged", "registered", "submitted", "to do", "queued", "新建", "待受理", "已登记", "待处理", "neu", "offen", "nouveau", "nuevo", "novo", "待分配", "待派单", "eingegangen", "aberto", "angemeldet", "aangemeld", "gemeld"),
    "assigned": ("assigned", "accepted", "已分派", "已受理", "zugewiesen", "assigné", "asignado", "atribuído", "已派单"),
    "in-progress": ("in progress", "work in progress", "active", "processing", "working", "started", "处理中", "进行中", "in bearbeitung", "en cours", "en curso", "in arbeit", "em andamento", "en proceso", "in behandeling"),
    "awaiting-user": ("pending", "on hold", "awaiting user info", "waiting for customer", "awaiting customer", "awaiting user", "awaiting caller", "awaiting client", "awaiting requester", "pending customer", "pending user", "pending client", "pending caller", "pending requester", "waiting for user", "waiting for client", "waiting for requester", "waiting on customer", "waiting on user", "user action required", "waiting", "等待用户", "等待用户反馈", "待用户确认", "待用户反馈", "等待客户", "待客户反馈", "挂起", "暂停", "wartend", "en attente", "en attente client", "rückfrage kunde", "rückfrage", "wartet auf kunde", "wartet", "zurückgestellt", "en espera", "pendiente", "pendente", "em espera", "待确认"),
    "awaiting-supplier": ("awaiting vendor", "awaiting supplier", "awaiting third party", "pending vendor", "pending supplier", "pending third party", "waiting for vendor", "waiting for supplier", "waiting for third party", "waiting on vendor", "waiting on supplier", "waiting on third party", "等待供应商", "待供应商处理", "等待厂商", "待厂商处理"),
    "awaiting-change": ("awaiting change", "pending change", "waiting for change", "等待变更"),
    "awaiting-problem": ("awaiting problem", "pending problem", "waiting for problem", "等待问题解决"),
    "resolved": ("resolved", "solved", "fixed", "completed", "done", "已解决", "已完成", "已恢复", "已修复", "gelöst", "résolu", "resuelto", "erledigt", "resolvido", "办结", "已办结", "gereed"),
    "closed": ("afgemeld", "closed", "closed complete", "关闭", "已关闭", "已结束", "geschlossen", "clos", "cerrado", "fechado", "beendet", "fermé", "已归档"),
    "cancelled": ("cancelled", "canceled", "withdrawn", "已取消", "已撤销", "abgebrochen", "storniert", "annulé", "cancelado"),
    "rejected": ("rejected", "declined", "已驳回", "abgelehnt"),
}  # fmt: skip
"""What tools call the states that most processes have."""

DONE = ("done", "completed", "finished", "erledigt", "完成", "已完成", "terminé", "concluído", "listo")
"""Words that mean a resolved ticket in a tool that has no other for it."""

OPEN = ("open", "opened", "offen", "aberto", "abierto", "ouvert", "打开")
"""Words that mean a new ticket in a tool that has no other for it."""

PRIORITIES: Mapping[str, tuple[str, ...]] = {
    "P1": ("p1", "critical", "1 - critical", "very high", "highest", "urgent", "紧急", "最高", "一级", "sehr hoch", "kritisch", "critique", "crítica", "crítico", "critico"),
    "P2": ("p2", "high", "2 - high", "高", "二级", "hoch", "haute", "alta", "élevée", "élevé", "alto"),
    "P3": ("p3", "medium", "moderate", "3 - moderate", "normal", "中", "三级", "mittel", "moyenne", "media", "média", "moyen", "medio", "médio"),
    "P4": ("p4", "low", "4 - low", "低", "四级", "niedrig", "basse", "baja", "baixa", "faible", "bajo", "baixo", "gering"),
}  # fmt: skip
"""What tools call priorities."""

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "successful": ("successful", "success", "成功", "erfolgreich", "exitoso"),
    "partly": ("partially successful", "partly successful", "successful with issues", "部分成功", "teilweise erfolgreich"),
    "failed": ("unsuccessful", "failed", "failure", "失败", "fehlgeschlagen", "fallido"),
}  # fmt: skip
"""What tools call how a change came out."""

EMPTY = (
    "-",
    "--",
    "?",
    "n/a",
    "none",
    "null",
    "nil",
    "(empty)",
    "(blank)",
    "unassigned",
    "undefined",
    "无",
    "空",
    "未填写",
)
"""What tools write where nothing was entered."""
