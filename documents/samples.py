"""One filled sample of every kind, of invented people: ``python -m documents.samples DIR`` writes them as PDFs.

Shown to administrators beside the layouts, and compared as text and as pictures by the tests.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from documents.render import render

CHECK_URL = "https://mediation.example/verify/7K2M-9QFD-4TXA"
NUMBER = "（2026）青禾人调字第12号"
LEAK = "房屋漏水相邻关系纠纷"

BODY = {"name": "青禾区综治中心人民调解委员会", "address": "青禾区文昌路18号", "phone": "0470-5550112"}
CONTACT = {"name": "周敏", "phone": "0470-5550112", "address": "青禾区文昌路18号综治中心一楼2号窗口"}
MEDIATORS = [{"name": "周敏", "role": "专职人民调解员"}]
RECORDER = "陈一鸣"

LI: dict[str, Any] = {
    "kind": "person",
    "name": "李昇玥",
    "sex": "女",
    "ethnicity": "汉族",
    "birth_date": "1985-03-02",
    "occupation": "教师",
    "id_number": "150000198503020000",
    "address": "青禾区槐荫里小区3号楼2单元501室",
    "phone": "13800000001",
}
WANG: dict[str, Any] = {
    "kind": "person",
    "name": "王䶮",
    "sex": "男",
    "ethnicity": "蒙古族",
    "birth_date": "1979-11-20",
    "occupation": "货车司机",
    "id_number": "150000197911200000",
    "address": "青禾区槐荫里小区3号楼2单元601室",
    "phone": "13800000002",
    "agents": [{"name": "王㛃", "relation": "系王䶮之女", "authority": "特别授权，代为承认、变更调解请求，签收文书"}],
}
ESTATE: dict[str, Any] = {
    "kind": "organisation",
    "name": "青禾区安居物业服务有限公司",
    "credit_code": "91150000MA00000000",
    "legal_representative": "赵立国",
    "address": "青禾区文昌路66号",
    "phone": "0470-5550188",
}
AGREEMENT_REF = {"number": NUMBER, "made_on": "2026-11-18", "effective_on": "2026-11-18", "body": BODY["name"]}
MEETING = {
    "starts_at": "2026-11-18T09:00",
    "ends_at": "2026-11-18T11:20",
    "place": "青禾区综治中心二楼",
    "room": "第一调解室",
    "way": "乘3路、11路公交车到文昌路口站，向北50米；大门左侧有无障碍坡道和电梯",
}
TERMS: list[dict[str, Any]] = [
    {"text": "王䶮于2026年11月30日前自费更换601室卫生间破损的给水管，并重做卫生间地面防水，完工后由双方共同验收"},
    {"text": "王䶮赔偿李昇玥卧室吊顶、墙面和木地板的修复费用", "amount": "12000.00"},
    {"text": "李昇玥收到全部款项后，就本次漏水造成的损失不再向王䶮主张其他权利"},
]
INSTALMENTS = [
    {"payer": "王䶮", "payee": "李昇玥", "amount": "4000.00", "due": "2026-11-30", "manner": "银行转账"},
    {"payer": "王䶮", "payee": "李昇玥", "amount": "4000.00", "due": "2026-12-31", "manner": "银行转账"},
    {"payer": "王䶮", "payee": "李昇玥", "amount": "4000.00", "due": "2027-01-31", "manner": "银行转账"},
]
STORY = (
    "李昇玥与王䶮系上下楼邻居。2026年10月6日夜，王䶮所有的601室卫生间给水管破裂，因王䶮外出跑车未能及时关阀，积水渗入李昇玥所有的501室，"
    "造成卧室吊顶、墙面和木地板受损。2026年10月20日，经双方共同选定的装修公司估价，修复费用为12,600元。"
)

SAMPLES: Mapping[str, dict[str, Any]] = {
    "registration_receipt": {
        "body": {**BODY, "name": "青禾区社会治安综合治理中心"},
        "case_code": "QH-2026-000312",
        "registered_at": "2026-10-21T09:42",
        "applicant": LI,
        "other_parties": ["王䶮", ESTATE["name"]],
        "matter": LEAK,
        "request": "请求王䶮修复漏水点，并赔偿卧室吊顶、墙面和木地板的修复费用12,600元。",
        "materials": ["身份证复印件1份", "房屋受损照片8张", "装修公司估价单1份"],
        "registrar": "孙晓燕",
        "decision_by": "2026-10-26",
        "party_code": "L7QK-2M9D",
        "contact": CONTACT,
    },
    "acceptance_notice": {
        "body": BODY,
        "number": NUMBER,
        "date": "2026-10-23",
        "addressee": "王䶮",
        "parties": ["李昇玥", "王䶮", ESTATE["name"]],
        "matter": LEAK,
        "source": "application",
        "accepted_on": "2026-10-23",
        "mediation_until": "2026-11-23",
        "mediators": MEDIATORS,
        "case_code": "QH-2026-000312",
        "contact": CONTACT,
    },
    "refusal_notice": {
        "body": BODY,
        "number": "（2026）青禾人调不字第3号",
        "date": "2026-10-26",
        "addressee": "郑国强",
        "parties": ["郑国强", "青禾区某街道办事处"],
        "matter": "房屋征收补偿争议",
        "applied_on": "2026-10-22",
        "reasons": [
            {"text": "您申请调解的事项是对行政机关作出的征收补偿决定不服，不属于民间纠纷", "basis": "《中华人民共和国人民调解法》第二条"},
            {"text": "该争议法律规定由复议机关、人民法院处理，人民调解委员会无权调解"},
        ],
        "routes": [
            {"way": "行政复议", "detail": "自知道征收补偿决定之日起六十日内，向作出决定的机关的本级人民政府申请行政复议"},
            {"way": "行政诉讼", "detail": "自知道或者应当知道作出决定之日起六个月内，向有管辖权的人民法院提起行政诉讼"},
            {"way": "法律咨询", "detail": "可以到本中心法律服务窗口免费咨询，符合条件的可以申请法律援助"},
        ],
        "contact": CONTACT,
    },
    "rights_notice": {
        "body": BODY,
        "number": NUMBER,
        "addressee": "李昇玥",
        "matter": LEAK,
        "mediators": MEDIATORS,
    },
    "invitation": {
        "body": BODY,
        "number": NUMBER,
        "date": "2026-11-12",
        "addressee": "王䶮",
        "matter": LEAK,
        "meeting": MEETING,
        "mediators": MEDIATORS,
        "bring": ["身份证", "与漏水、维修有关的单据和照片"],
        "contact": CONTACT,
    },
    "minutes": {
        "body": BODY,
        "number": NUMBER,
        "matter": LEAK,
        "meeting": MEETING,
        "round": 2,
        "parties": [LI, WANG, ESTATE],
        "participants": [{"name": "巴特尔", "organisation": "槐荫里社区", "role": "网格员"}],
        "mediators": MEDIATORS,
        "recorder": RECORDER,
        "open": False,
        "rights_told": True,
        "speeches": [
            {"speaker": "调解员周敏", "text": "今天是第二次调解。上次双方对漏水原因没有争议，估价单已经交给各方看过，请先说说对修复费用的意见。"},
            {"speaker": "李昇玥", "text": "估价是12,600元。我同意各让一步，但要有明确的付款日期，水管也必须先修好。"},
            {"speaker": "王䶮", "text": "水管是我家的，我认。但我一次拿不出这么多钱，希望分三个月付，总数能不能定12,000元。"},
            {
                "speaker": "物业公司赵立国",
                "text": "我们接到报修后四十分钟才关总阀，有责任。公共立管由我们检修，费用我们出。\n王师傅施工时我们派人到场监督。",
            },
            {"speaker": "网格员巴特尔", "text": "两家多年邻居，我会在每期付款日前去提醒一下。"},
            {"speaker": "李昇玥", "text": "同意总数12,000元，分三期。"},
        ],
        "result": "reached",
        "result_text": "王䶮赔偿李昇玥12,000元，分三期付清；王䶮修复水管和防水，物业公司检修公共立管。另行制作调解协议书。",
    },
    "enquiry_record": {
        "body": BODY,
        "number": NUMBER,
        "matter": LEAK,
        "started_at": "2026-10-28T15:00",
        "ended_at": "2026-10-28T15:40",
        "place": "槐荫里小区物业服务中心",
        "asked": {"kind": "person", "name": "刘玉㻬", "sex": "男", "age": 52, "occupation": "物业维修工", "phone": "13800000007"},
        "standing": "当晚值班人员",
        "enquirers": MEDIATORS,
        "recorder": RECORDER,
        "exchanges": [
            {"question": "我们是青禾区综治中心人民调解委员会的调解员，向您了解10月6日夜漏水的情况，请如实回答，是否清楚？", "answer": "清楚。"},
            {
                "question": "您是什么时候接到报修的？",
                "answer": "10月7日早上六点零五分，501的李老师打的电话，值班记录上有。",
            },
            {
                "question": "您做了哪些处理？",
                "answer": "我先上楼敲601的门，没有人应，打王师傅电话，他说在外地。然后回去拿工具，六点四十五分关了单元总阀。\n早上八点王师傅的爱人回来开门，我看到卫生间洗手盆下面的给水软管裂开了。",
            },
            {"question": "还有什么补充？", "answer": "没有了。"},
        ],
    },
    "agreement": {
        "body": BODY,
        "number": NUMBER,
        "matter": LEAK,
        "place": "青禾区综治中心第一调解室",
        "parties": [LI, WANG],
        "facts": STORY,
        "issues": "一是漏水损失的赔偿数额；二是赔偿款的支付时间。",
        "responsibility": "王䶮作为601室所有人，对自用水管疏于维护，承担全部责任；李昇玥无责任。",
        "terms": TERMS,
        "instalments": INSTALMENTS,
        "total": "12000.00",
        "total_words": "壹万贰仟元整",
        "performance": {
            "manner": "转账至李昇玥名下银行账户（尾号0001），转账凭证为履行凭证",
            "time": "施工于2026年11月30日前完成；赔偿款于2027年1月31日前付清",
        },
        "default_clause": "王䶮任何一期逾期超过十日未付的，李昇玥可以要求其一次付清全部余款。",
        "mediators": MEDIATORS,
        "recorder": RECORDER,
        "copies": 3,
    },
    "oral_agreement_record": {
        "body": BODY,
        "number": "（2026）青禾人调字第15号",
        "date": "2026-11-05",
        "matter": "楼道堆放杂物纠纷",
        "parties": [
            {"kind": "person", "name": "高秀兰", "sex": "女", "age": 68, "ethnicity": "汉族", "address": "青禾区和顺里2号楼1单元101室"},
            {"kind": "person", "name": "马骉", "sex": "男", "age": 45, "ethnicity": "回族", "address": "青禾区和顺里2号楼1单元102室"},
        ],
        "facts": "马骉在一楼楼道堆放纸箱和旧家具，影响高秀兰推轮椅出入。",
        "issues": "杂物是否清理、何时清理。",
        "terms": [
            {"text": "马骉当日清理楼道内的全部杂物，今后不再堆放"},
            {"text": "高秀兰的轮椅可以停放在楼梯下方，不影响通行"},
            {"text": "马骉赔偿高秀兰被碰坏的轮椅脚踏", "amount": 80},
        ],
        "performance": {"manner": "由社区网格员到场见证", "time": "2026年11月5日18时前"},
        "mediators": MEDIATORS,
        "recorder": RECORDER,
    },
    "extension_notice": {
        "body": BODY,
        "number": NUMBER,
        "matter": LEAK,
        "parties": [LI, {**WANG, "agents": []}],
        "accepted_on": "2026-10-23",
        "until": "2026-11-23",
        "extended_until": "2026-12-23",
        "reason": "房屋受损程度的估价尚未完成，各方认为仍有达成协议的可能",
        "mediators": MEDIATORS,
    },
    "termination_notice": {
        "body": BODY,
        "number": "（2026）青禾人调字第9号",
        "date": "2026-11-10",
        "addressee": "吴曌",
        "parties": ["吴曌", "青禾区顺达建筑劳务有限公司"],
        "matter": "拖欠劳动报酬纠纷",
        "accepted_on": "2026-10-10",
        "ended_on": "2026-11-10",
        "cause": "not_reached",
        "cause_text": "经两次调解，双方对加班工资的数额差距较大，未能达成一致。",
        "undisputed": "吴曌自2026年3月1日至8月31日在该公司承建的工地工作；2026年7月、8月的基本工资未付。",
        "routes": [
            {"way": "劳动仲裁", "detail": "自当事人知道或者应当知道其权利被侵害之日起一年内，向青禾区劳动人事争议仲裁委员会申请仲裁"},
            {"way": "行政投诉", "detail": "向青禾区人力资源和社会保障局劳动保障监察大队投诉拖欠工资"},
            {"way": "诉讼", "detail": "对仲裁裁决不服的，可以自收到裁决书之日起十五日内向人民法院提起诉讼；持有用人单位工资欠条的，可以依法直接向人民法院提起诉讼"},
        ],
        "contact": CONTACT,
    },
    "confirmation_application": {
        "court": "青禾区人民法院",
        "applicants": [LI, {**WANG, "agents": []}],
        "agreement": AGREEMENT_REF,
        "matter": LEAK,
        "terms": TERMS,
        "last_day": "2026-12-18",
        "annexes": ["调解协议书1份", "人民调解委员会主持调解的证明1份", "申请人身份证明2份", "房屋权属证书复印件2份"],
    },
    "visit_record": {
        "body": BODY,
        "number": NUMBER,
        "matter": LEAK,
        "parties": ["李昇玥", "王䶮", ESTATE["name"]],
        "agreement": AGREEMENT_REF,
        "visited_at": "2026-12-18T10:00",
        "manner": "visit",
        "reason": "协议生效后三十日回访",
        "visited": ["李昇玥", "王䶮"],
        "performance": "partly",
        "performance_text": "第一期4,000元已于11月29日转账，有凭证；水管和防水已完工并由三方验收。第二、三期未到期。",
        "satisfaction": "satisfied",
        "opinion": "李昇玥希望物业公司把立管检修结果贴在单元门口。",
        "measures": "已转告物业公司。",
        "visitors": [{"name": "巴特尔", "organisation": "槐荫里社区", "role": "网格员"}, MEDIATORS[0]],
        "next_on": "2027-02-16",
    },
    "urging_letter": {
        "body": BODY,
        "number": NUMBER,
        "date": "2027-01-08",
        "addressee": "王䶮",
        "creditors": ["李昇玥"],
        "matter": LEAK,
        "agreement": AGREEMENT_REF,
        "overdue": [{"what": "第二期赔偿款", "due": "2026-12-31", "amount": "4000.00", "paid": "1500.00"}],
        "total": "2500.00",
        "total_words": "贰仟伍佰元整",
        "perform_by": "2027-01-15",
        "account": "李昇玥，青禾银行，尾号0001",
        "contact": CONTACT,
    },
    "referral_letter": {
        "body": {**BODY, "name": "青禾区社会治安综合治理中心"},
        "to": "青禾区劳动人事争议仲裁委员会",
        "number": "（2026）青禾综转字第27号",
        "date": "2026-11-03",
        "case_code": "QH-2026-000298",
        "matter": "工伤保险待遇争议",
        "parties": [
            {"kind": "person", "label": "申请人", "name": "赵堃", "sex": "女", "phone": "13800000011"},
            {"kind": "organisation", "label": "用人单位", "name": "青禾区某食品有限公司", "phone": "0470-5550199"},
        ],
        "summary": "赵堃于2026年5月在车间作业时受伤，已认定工伤，劳动能力鉴定为九级。用人单位未缴纳工伤保险，对一次性伤残补助金的数额与赵堃存在争议，不同意调解。",
        "reason": "该争议属于劳动争议，一方不同意人民调解",
        "basis": "《中华人民共和国劳动争议调解仲裁法》第五条",
        "materials": ["登记表复印件1份", "工伤认定决定书复印件1份", "劳动能力鉴定结论复印件1份"],
        "reply_by": "2026-11-10",
        "contact": CONTACT,
    },
}


def write_samples(folder: Path) -> list[Path]:
    """Print every sample into the folder as ``<kind>.pdf`` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, facts in SAMPLES.items():
        path = folder / f"{kind}.pdf"
        path.write_bytes(render(kind, facts, check_url=CHECK_URL).pdf)
        written.append(path)
    return written


if __name__ == "__main__":
    for sample in write_samples(Path(sys.argv[1])):
        print(sample)
