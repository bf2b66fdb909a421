"""The cases of the demonstration centre, shaped after what such centres report; each says how far it has come and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Story:
    """One dispute. `stop` names the steps that nobody has done yet; `ways` overrides the answers of single steps."""

    title: str
    kind: str
    parties: tuple[str, ...]
    summary: str
    claims: str
    amount: int | None = None
    days_ago: int = 20
    stop: tuple[str, ...] = ()
    ways: dict[str, dict[str, Any]] = field(default_factory=dict)
    terms: tuple[tuple[str, str, int | None], ...] = ()  # text, kind, amount
    instalments: int = 0
    first_due: int = 15  # days after the agreement
    every: int = 30
    oral: bool = False
    mediator: str = "mediator"
    committee: str = "committee"
    route: str = "peoples_mediation"
    facts: dict[str, Any] = field(default_factory=dict)
    statements: tuple[str, str] = ("", "")
    end: str = ""  # withdrawn, risk, void
    pace: int = 20  # hours between two steps


def _pay(payer: str, text: str, amount: int) -> tuple[tuple[str, str, int | None], ...]:
    return ((f"{payer}{text}共计 {amount} 元", "money", amount), ("双方就本纠纷再无其他争议", "act", None))


REFUSES = {"consent": {"answers": ("agree", "refuse")}}
NO_CONFIRMATION = {"precheck": {"wish": "none", "scope": "none"}}

STORIES: tuple[Story, ...] = (
    # --- at the window and in triage
    Story("王桂芳与李强相邻漏水纠纷", "0201", ("王桂芳", "李强"), "楼上卫生间防水层损坏，渗水浸湿楼下卧室墙面和吊顶。",
          "修复防水层，赔偿墙面和吊顶损失。", 6800, 1, ("examine",)),
    Story("宏远小区噪声纠纷", "0202", ("刘淑珍", "张鹏"), "夜间练琴影响邻居休息，多次交涉无果。", "晚十点后停止练琴。", None, 0, ("examine",)),
    Story("退还装修定金纠纷", "0602", ("陈思雨", "青禾佳居装饰有限公司"), "签约次日要求解除合同，公司拒退定金。", "退还定金 5000 元。", 5000, 2,
          ("supplement",), {"examine": {"conclusion": "supplement", "materials_complete": "no", "missing": ["evidence"], "reason": "缺少合同和付款凭证"}}),
    Story("楼道堆物纠纷", "0202", ("赵国庆", "周丽"), "楼道堆放杂物堵塞通道。", "清理杂物，恢复通行。", None, 1, ("confirm_triage",)),
    Story("电动车充电飞线纠纷", "0203", ("孙玉兰", "何涛"), "从楼上拉电线给电动车充电。", "停止飞线充电。", None, 6, ("confirm_triage",)),
    Story("赠与协议效力争议", "1099", ("冯建业", "冯小东"), "此前法院已就同一事实作出判决。", "确认赠与无效。", 120000, 5, ("decide_refusal",),
          {"examine": {"exclusion": "decided", "conclusion": "refuse", "reason": "法院已作出生效判决"}}),
    Story("行政处罚异议", "1301", ("蒋文斌", "青禾早点铺"), "对市场监管部门的处罚决定不服。", "撤销处罚。", None, 25, (),
          {"examine": {"exclusion": "not_civil", "conclusion": "refuse", "reason": "不属于民间纠纷"}}),
    Story("盗窃嫌疑争执", "0599", ("沈凤英", "邵磊"), "怀疑对方盗窃首饰，涉嫌犯罪。", "返还首饰。", 20000, 40, (),
          {"examine": {"exclusion": "criminal", "conclusion": "refuse", "reason": "涉嫌刑事犯罪，应当由公安机关处理"}}),
    # --- referred
    Story("工伤待遇争议", "0702", ("赵秀云", "青禾机械加工厂"), "工伤认定后停工留薪期工资和伤残补助金未支付。", "支付工伤待遇。", 86000, 12, ("hand_over",),
          route="labour_arbitration"),
    Story("加班费争议", "0702", ("罗志强", "迅达物流有限公司"), "两年加班费未支付，已超过调解可能。", "支付加班费。", 32000, 20, ("result",), route="labour_arbitration"),
    Story("交通事故责任纠纷", "0503", ("谢丽华", "唐勇"), "双方对事故责任认定有异议。", "重新划分责任，赔偿损失。", 45000, 70, (), route="court"),
    # --- appointing, consent
    Story("宅基地边界纠纷", "0902", ("田大山", "田有福"), "翻建房屋时越界半米，双方各执一词。", "恢复原界。", None, 4, ("appoint",), committee="liushu"),
    Story("物业费拖欠纠纷", "0402", ("安居物业服务有限公司", "曹雪梅"), "业主以服务不到位为由拒交两年物业费。", "支付物业费。", 5600, 6, ("consent",),
          mediator="mediator3", committee="xingfu"),
    Story("租房押金纠纷", "0401", ("林晓彤", "高建国"), "退租时房东以墙面污损为由拒退押金。", "退还押金。", 3000, 12, ("silence",),
          {"consent": {"answers": ("agree", "silent")}}, mediator="mediator2"),
    Story("民间借贷纠纷", "0801", ("郭春生", "魏东"), "借款到期未还，有借条和转账记录。", "归还借款及利息。", 50000, 9, ("consent",), mediator="mediator2"),
    Story("停车位占用纠纷", "0203", ("许静", "丁伟"), "固定车位长期被占。", "停止占用。", None, 30, (), REFUSES),
    Story("名誉侵害纠纷", "0301", ("韩梅", "袁芳"), "在业主群散布不实言论。", "赔礼道歉。", None, 45, (), REFUSES, mediator="mediator3", committee="xingfu"),
    # --- enquiry and meetings
    Story("屋顶太阳能采光纠纷", "0201", ("蔡明", "秦玉珍"), "新装太阳能板遮挡北侧住户采光。", "移位安装。", None, 8, ("tell_rights",)),
    Story("土地流转租金纠纷", "0901", ("白音", "丰禾种植合作社"), "合作社拖欠第三年流转租金。", "支付租金。", 24000, 11, ("enquire",), mediator="mediator4", committee="liushu"),
    Story("宠物伤人纠纷", "0202", ("贾子涵", "孔令军"), "未拴绳的狗咬伤放学儿童。", "赔偿医疗费、误工费。", 4200, 10, ("enquire",),
          facts={"minor": True}),
    Story("家庭赡养纠纷", "0102", ("邓老太", "邓卫国", "邓卫民"), "两个儿子互相推诿，不支付赡养费。", "每人每月支付赡养费。", 1200, 14, ("invite",), mediator="mediator2"),
    Story("装修工程款纠纷", "0601", ("彭立新", "汪海"), "装修完工后尾款未付，业主称质量不合格。", "支付尾款。", 18000, 13, ("hold",), mediator="mediator2"),
    Story("医疗费用争议", "0502", ("石玉梅", "青禾第二医院"), "术后恢复不佳，要求减免费用。", "减免并赔偿。", 38000, 15, ("hold",)),
    Story("高空抛物损害纠纷", "0501", ("尹杰", "段丽娟"), "花盆坠落砸坏车辆。", "赔偿维修费。", 7300, 18, ("minutes",)),
    Story("树木越界纠纷", "0201", ("史建民", "顾长海"), "越界树枝压坏屋瓦。", "修剪树枝并修复屋瓦。", 900, 26, ("hold",), {"minutes": {"result": "adjourned"}}),
    # --- agreement
    Story("拖欠农民工工资纠纷", "0701", ("杨二柱", "青禾建筑劳务有限公司"), "工程完工四个月，十二万元工资未付。", "支付工资。", 120000, 16, ("draft",),
          terms=_pay("青禾建筑劳务有限公司向杨二柱支付工资", "", 120000), instalments=3, facts={"people_count": 12}),
    Story("购车合同违约纠纷", "0601", ("侯磊", "青禾汽贸有限公司"), "逾期三个月未交车。", "退车款并赔偿。", 15000, 17, ("check",), mediator="mediator2",
          terms=_pay("青禾汽贸有限公司向侯磊支付违约金", "", 15000), instalments=1),
    Story("共有墙拆改纠纷", "0201", ("龙海燕", "夏雨"), "擅自拆改共有墙体。", "恢复原状，赔偿损失。", 9000, 19, ("sign",),
          terms=_pay("夏雨向龙海燕支付恢复费用", "", 9000), instalments=2),
    Story("离婚财产及抚养费纠纷", "0101", ("苏敏", "薛刚"), "双方自愿离婚，就抚养费和财产分割达成一致。", "确定抚养费和财产分割。", 60000, 20, ("sign",),
          terms=(("双方自愿离婚，到婚姻登记机关办理登记", "status", None), ("薛刚向苏敏支付财产折价款 60000 元", "money", 60000)), instalments=2,
          mediator="mediator2"),
    Story("继承析产纠纷", "0103", ("范明远", "范明芳"), "父母遗留房屋的分割。", "按份额折价补偿。", 200000, 24, ("record_oral", "sign"), mediator="mediator3",
          committee="xingfu", terms=_pay("范明远向范明芳支付折价补偿款", "", 200000), instalments=2),
    Story("晾衣滴水口头和解", "0202", ("方红", "石磊"), "楼上晾衣滴水。", "不再滴水。", None, 50, (), {**NO_CONFIRMATION}, oral=True,
          terms=(("石磊加装接水槽，不再滴水", "act", None),)),
    # --- confirmation by the court
    Story("工程分包款纠纷", "0603", ("青禾市政工程队", "宏基建设有限公司"), "分包工程款逾期。", "支付工程款。", 150000, 28, ("precheck", "receive"),
          terms=_pay("宏基建设有限公司向青禾市政工程队支付工程款", "", 150000), instalments=3, first_due=40),
    Story("采暖漏水赔偿纠纷", "0201", ("毛淑芬", "邱刚"), "暖气阀门爆裂泡坏地板。", "赔偿损失。", 12000, 30, ("apply", "receive"),
          terms=_pay("邱刚向毛淑芬支付赔偿款", "", 12000), instalments=2, first_due=45),
    Story("合伙散伙结算纠纷", "0604", ("雷鸣", "贺强"), "合伙经营餐馆散伙后未结算。", "支付结算款。", 80000, 30, ("accept", "receive"), mediator="mediator2",
          terms=_pay("贺强向雷鸣支付结算款", "", 80000), instalments=4, first_due=45),
    Story("培训费退费纠纷", "0602", ("龚雪", "启航培训学校"), "机构停课，剩余课时费未退。", "退还课时费。", 8600, 33, ("supply", "receive"), {"accept": {"decision": "papers", "papers_wanted": "学校登记证书"}},
          terms=_pay("启航培训学校向龚雪退还课时费", "", 8600), instalments=1, first_due=60),
    Story("房屋漏雨维修纠纷", "0402", ("祝玉华", "安居物业服务有限公司"), "顶层漏雨长期未修。", "维修并赔偿。", 6500, 36, ("rule", "receive"), mediator="mediator3",
          committee="xingfu", terms=_pay("安居物业服务有限公司向祝玉华支付赔偿款", "", 6500), instalments=1, first_due=60),
    # --- performance and visits
    Story("三期赔偿履行中", "0201", ("王建国", "李秀兰"), "楼上漏水造成家具受损，双方达成三期付款协议。", "赔偿损失。", 9000, 75, ("receive", "visit"),
          terms=_pay("李秀兰向王建国支付赔偿款", "", 9000), instalments=3, first_due=20, every=40),
    Story("借款分期逾期", "0801", ("常志明", "武斌"), "借款协议第二期到期未付。", "归还借款。", 30000, 80, ("urge", "visit"), mediator="mediator2",
          ways={"receive": {"results": ("received", "skip")}}, terms=_pay("武斌向常志明归还借款", "", 30000), instalments=3, first_due=15, every=30),
    Story("货款拖欠后选择救济", "0601", ("金叶粮油店", "四季饭店"), "协议履行一期后不再付款。", "支付货款。", 16000, 95, ("routes", "visit"),
          {"receive": {"results": ("received", "skip")}, "urge": {"response": "refused"}}, terms=_pay("四季饭店向金叶粮油店支付货款", "", 16000), instalments=2,
          first_due=15, every=30),
    Story("物业赔偿待回访", "0402", ("戴维红", "安居物业服务有限公司"), "电梯困人致误工。", "赔偿误工费。", 1500, 45, ("visit",), NO_CONFIRMATION, mediator="mediator3",
          committee="xingfu", terms=_pay("安居物业服务有限公司向戴维红支付误工费", "", 1500), instalments=1, first_due=5),
    Story("劳务报酬回访逾期", "0701", ("牛志刚", "青禾园艺公司"), "季节工报酬未结清。", "支付报酬。", 4800, 60, ("chase", "visit2"), {**NO_CONFIRMATION, "visit": {"skip": True}},
          terms=_pay("青禾园艺公司向牛志刚支付报酬", "", 4800), instalments=1, first_due=5),
    # --- closed
    Story("漏水赔偿履行完毕", "0201", ("程秀芝", "陆军"), "楼上漏水损坏橱柜。", "赔偿橱柜损失。", 3600, 150, (), terms=_pay("陆军向程秀芝支付赔偿款", "", 3600), instalments=3,
          first_due=10, every=15),
    Story("采光纠纷当场履行", "0201", ("余文静", "潘军"), "广告牌遮挡窗户。", "拆除广告牌。", None, 140, (), NO_CONFIRMATION, oral=True,
          terms=(("潘军当场拆除遮挡窗户的广告牌", "act", None),), mediator="mediator3", committee="xingfu"),
    Story("邻里斗殴赔偿", "0302", ("叶青", "伍刚"), "因噪声争执动手，致软组织挫伤。", "赔偿医疗费。", 2400, 130, (), NO_CONFIRMATION,
          terms=_pay("伍刚向叶青支付医疗费", "", 2400), instalments=1, first_due=7, mediator="mediator2"),
    # --- ended, voided, at risk
    Story("离婚调解一方退出", "0101", ("宋佳", "江涛"), "一方提出不再参加调解。", "调解离婚。", None, 35, (), end="withdrawn", mediator="mediator2"),
    Story("家庭暴力后的财产纠纷", "0104", ("钟梅", "黎明"), "因长期家庭暴力分居，就财产产生争议。", "分割财产，保障安全。", 40000, 6, ("enquire", "measures"), end="risk",
          facts={"domestic_violence": True}),
    Story("重复登记的停车纠纷", "0203", ("许静", "丁伟"), "与前案重复登记。", "停止占用。", None, 28, ("confirm_triage",), end="void"),
    Story("图书商城业主群体纠纷", "0401", ("商城业主代表刘成", "青禾图书商城管理公司"), "三百余名业主两年租金未付，推选代表集中反映。", "支付两年租金。", 2600000, 9, ("appoint",),
          facts={"people_count": 312, "signs": ["mass"]}),
)  # fmt: skip
