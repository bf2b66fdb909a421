"""The fictional district of 青禾: its agencies and the people who work there. No real persons, no real numbers."""

from __future__ import annotations

from mediation import clock
from mediation.accounts.passwords import hasher
from mediation.extensions import db
from mediation.models import Agency, Membership, Pool, User

HOME = "青禾区"
# One agency a line: key, kind, parent (- for none), short name, end of the telephone number, region below the district,
# address, name, name in English. Parents stand before their children.
AGENCIES = """
city|city|-|青政|0010|/|青禾市政府路 1 号|青禾市综治中心|Qinghe City Governance Centre
district|district|city|区府|0020||青禾区政府街 2 号|青禾区人民政府办公室|Qinghe District Government Office
centre|centre|district|青综|0100||青禾区和平路 18 号|青禾区综治中心|Qinghe District Governance Centre
committee|committee|centre|青禾|0111||青禾区和平路 18 号 3 楼|青禾区人民调解委员会|Qinghe People's Mediation Committee
xingfu|committee|centre|幸福|0121|幸福街道|青禾区幸福街 6 号|幸福街道人民调解委员会|Xingfu Street Mediation Committee
liushu|committee|centre|柳树|0131|柳树镇|青禾区柳树镇中心街 2 号|柳树镇人民调解委员会|Liushu Town Mediation Committee
court|court|centre|青法|0141||青禾区公正路 1 号|青禾区人民法院|Qinghe District People's Court
procuratorate|procuratorate|centre|青检|0145||青禾区公正路 3 号|青禾区人民检察院|Qinghe District People's Procuratorate
arbitration|arbitration|centre|青劳仲|0151||青禾区人和路 9 号|青禾区劳动人事争议仲裁委员会|Qinghe Labour Arbitration Commission
labour|labour|centre|青人社|0155||青禾区人和路 9 号 2 楼|青禾区人力资源和社会保障局|Qinghe Human Resources and Social Security Bureau
police|police|centre|青公|0161||青禾区长安路 5 号|青禾公安分局|Qinghe Police Sub-bureau
traffic|traffic-police|centre|青交警|0165||青禾区长安路 7 号|青禾区交通警察大队|Qinghe Traffic Police Brigade
petition|petition|centre|青信|0170||青禾区和平路 20 号|青禾区信访局|Qinghe Petition Office
judicial|judicial-office|centre|青司|0175||青禾区幸福街 8 号|青禾区司法所|Qinghe Judicial Office
legal_aid|legal-aid|centre|青援|0178||青禾区幸福街 8 号 1 楼|青禾区法律援助中心|Qinghe Legal Aid Centre
civil|civil-affairs|centre|青民|0181||青禾区惠民路 4 号|青禾区民政局|Qinghe Civil Affairs Bureau
housing|housing|centre|青住建|0183||青禾区惠民路 6 号|青禾区住房和城乡建设局|Qinghe Housing and Construction Bureau
health|health|centre|青卫|0185||青禾区惠民路 8 号|青禾区卫生健康委员会|Qinghe Health Commission
land|land|centre|青自然|0187||青禾区惠民路 10 号|青禾区自然资源局|Qinghe Natural Resources Bureau
market|market|centre|青市监|0189||青禾区惠民路 12 号|青禾区市场监督管理局|Qinghe Market Regulation Bureau
women|women|centre|青妇|0191||青禾区惠民路 14 号|青禾区妇女联合会|Qinghe Women's Federation
studio1|studio|centre|禾家|0193||青禾区和平路 18 号 2 楼|禾家说事工作室|Hejia Family Talks Studio
studio2|studio|centre|劳和|0195||青禾区和平路 18 号 2 楼|劳和调解工作室|Laohe Labour Mediation Studio
volunteers|volunteers|centre|青志|0197||青禾区和平路 22 号|青禾区法泽志愿者协会|Qinghe Volunteers' Association
property|property|centre|安居|0199|幸福街道|青禾区幸福街 30 号|青禾安居物业服务公司|Qinghe Anju Property Services
street|street|centre|幸福办|0211|幸福街道|青禾区幸福街 6 号|幸福街道办事处|Xingfu Street Office
street2|street|centre|柳树办|0221|柳树镇|青禾区柳树镇中心街 2 号|柳树镇人民政府|Liushu Town Government
community|community|street|和社|0212|幸福街道/和平社区|青禾区幸福街 40 号|和平社区居民委员会|Heping Community
community2|community|street2|柳社|0222|柳树镇/河湾社区|青禾区柳树镇河湾路 3 号|河湾社区居民委员会|Hewan Community
"""
# One person a line: login, name, name in English, and what he or she is: role@agency.
USERS = """
clerk|周雨晴|Zhou Yuqing|clerk@centre agent@centre
clerk2|郑晓萌|Zheng Xiaomeng|clerk@centre
dispatcher|韩志远|Han Zhiyuan|dispatcher@centre liaison@centre
director|孟庆禾|Meng Qinghe|director@centre director@committee director@xingfu director@liushu
supervisor|沈立秋|Shen Liqiu|supervisor@centre
mediator|李晓|Li Xiao|mediator@committee mediator@centre liaison@committee
mediator2|赵敏华|Zhao Minhua|mediator@committee mediator@centre
mediator3|马建军|Ma Jianjun|mediator@xingfu mediator@centre liaison@xingfu
mediator4|乌兰|Wulan|mediator@liushu mediator@centre liaison@liushu
court|吴思远|Wu Siyuan|court_liaison@court liaison@court
court2|何静|He Jing|court_liaison@court liaison@court
procurator|苏明睿|Su Mingrui|procuratorate_liaison@procuratorate liaison@procuratorate
police|石磊|Shi Lei|police_liaison@police liaison@police
traffic|段云飞|Duan Yunfei|police_liaison@traffic liaison@traffic
judicial|程德兰|Cheng Delan|judicial_officer@judicial liaison@judicial
legal_aid|温如玉|Wen Ruyu|judicial_officer@legal_aid liaison@legal_aid
labour|关晓东|Guan Xiaodong|labour_officer@labour liaison@labour
arbitration|邱建平|Qiu Jianping|labour_officer@arbitration liaison@arbitration
petition|骆红梅|Luo Hongmei|petition_officer@petition liaison@petition
civil|葛春燕|Ge Chunyan|liaison@civil
housing|尹建设|Yin Jianshe|liaison@housing
health|柏文清|Bai Wenqing|liaison@health
land|塔拉|Tala|liaison@land
market|雷小川|Lei Xiaochuan|liaison@market
women|池秀英|Chi Xiuying|liaison@women
studio1|段长河|Duan Changhe|mediator@studio1 liaison@studio1
studio2|郭仁和|Guo Renhe|mediator@studio2 liaison@studio2
volunteer|萨仁|Saren|liaison@volunteers
property|管家明|Guan Jiaming|liaison@property
street|方志强|Fang Zhiqiang|liaison@street
street2|牛广田|Niu Guangtian|liaison@street2
community|祝小满|Zhu Xiaoman|liaison@community
community2|白音|Baiyin|liaison@community2
grid|毕小军|Bi Xiaojun|grid_worker@community grid_worker@centre
grid2|其其格|Qiqige|grid_worker@community2
agent|柴玉珍|Chai Yuzhen|agent@community
agent2|贺兰|He Lan|agent@community2
counsellor|安心怡|An Xinyi|counsellor@centre
district|侯正|Hou Zheng|liaison@district
city|佟远|Tong Yuan|liaison@city
flow_admin|钱明|Qian Ming|flow_admin@centre
system_admin|孙丽|Sun Li|system_admin@centre
"""


def settle(password: str) -> dict[str, User]:
    """Create agencies and users; returns the users by login."""
    agencies: dict[str, Agency] = {}
    for line in AGENCIES.split("\n")[1:-1]:
        agency = _agency(line, agencies)
        agencies[agency.key] = agency
    hashed = hasher().hash(password)
    users = [_user(line, agencies, hashed) for line in USERS.split("\n")[1:-1]]
    db.session.flush()
    return {user.login: user for user in users}


def _agency(line: str, made: dict[str, Agency]) -> Agency:
    key, kind, parent, short, phone, below, address, name, name_en = line.split("|")
    region = "/".join(part for part in (HOME, *below.split("/")) if part) if below != "/" else ""
    agency = Agency(
        key=key, name=name, name_en=name_en, kind=kind, short_name=short, phone=f"0400-555{phone}", address=address,
        region=region, parent_id=made[parent].id if parent != "-" else None, active=True,
    )  # fmt: skip
    db.session.add(agency)
    db.session.flush()
    return agency


def _user(line: str, agencies: dict[str, Agency], hashed: str) -> User:
    login, name, name_en, held = line.split("|")
    user = User(
        login=login, name=name, name_en=name_en, email=f"{login}@qinghe.example", password_hash=hashed, demo=True,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    for role, _, agency in (one.partition("@") for one in held.split()):
        user.memberships.append(Membership(pool=_pool(role, agencies[agency]), role=role))
    return user


def _pool(role: str, agency: Agency) -> Pool:
    found = db.session.query(Pool).filter_by(role=role, agency_id=agency.id).one_or_none()
    if found is None:
        found = Pool(role=role, agency=agency)
        db.session.add(found)
        db.session.flush()
    return found
