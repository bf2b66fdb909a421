"""The fictional district of 青禾: its agencies and the people who work there. No real persons, no real numbers."""

from __future__ import annotations

from mediation import clock
from mediation.accounts.passwords import hasher
from mediation.extensions import db
from mediation.models import Agency, Membership, Pool, User

# key, name, name_en, kind, parent, short name, telephone, address
AGENCIES = (
    (
        "centre",
        "青禾区综治中心",
        "Qinghe District Governance Centre",
        "centre",
        None,
        "青综",
        "0400-5550100",
        "青禾区和平路 18 号",
    ),
    (
        "committee",
        "青禾区人民调解委员会",
        "Qinghe People's Mediation Committee",
        "committee",
        "centre",
        "青禾",
        "0400-5550111",
        "青禾区和平路 18 号 3 楼",
    ),
    (
        "xingfu",
        "幸福街道人民调解委员会",
        "Xingfu Street Mediation Committee",
        "committee",
        "centre",
        "幸福",
        "0400-5550121",
        "青禾区幸福街 6 号",
    ),
    (
        "liushu",
        "柳树镇人民调解委员会",
        "Liushu Town Mediation Committee",
        "committee",
        "centre",
        "柳树",
        "0400-5550131",
        "青禾区柳树镇中心街 2 号",
    ),
    (
        "court",
        "青禾区人民法院",
        "Qinghe District People's Court",
        "court",
        "centre",
        "青法",
        "0400-5550141",
        "青禾区公正路 1 号",
    ),
    (
        "arbitration",
        "青禾区劳动人事争议仲裁委员会",
        "Qinghe Labour Arbitration Commission",
        "arbitration",
        "centre",
        "青劳仲",
        "0400-5550151",
        "青禾区人和路 9 号",
    ),
    (
        "police",
        "青禾公安分局",
        "Qinghe Police Sub-bureau",
        "police",
        "centre",
        "青公",
        "0400-5550161",
        "青禾区长安路 5 号",
    ),
)

# login, name, name_en, [(role, agency)]
USERS = (
    ("clerk", "周雨晴", "Zhou Yuqing", [("clerk", "centre")]),
    ("clerk2", "郑晓萌", "Zheng Xiaomeng", [("clerk", "centre")]),
    ("dispatcher", "韩志远", "Han Zhiyuan", [("dispatcher", "centre")]),
    (
        "director",
        "孟庆禾",
        "Meng Qinghe",
        [("director", "centre"), ("director", "committee"), ("director", "xingfu"), ("director", "liushu")],
    ),
    ("supervisor", "沈立秋", "Shen Liqiu", [("supervisor", "centre")]),
    ("mediator", "李晓", "Li Xiao", [("mediator", "committee"), ("mediator", "centre")]),
    ("mediator2", "赵敏华", "Zhao Minhua", [("mediator", "committee"), ("mediator", "centre")]),
    ("mediator3", "马建军", "Ma Jianjun", [("mediator", "xingfu"), ("mediator", "centre")]),
    ("mediator4", "乌兰", "Wulan", [("mediator", "liushu"), ("mediator", "centre")]),
    ("court", "吴思远", "Wu Siyuan", [("court_liaison", "court")]),
    ("court2", "何静", "He Jing", [("court_liaison", "court")]),
    ("flow_admin", "钱明", "Qian Ming", [("flow_admin", "centre")]),
    ("system_admin", "孙丽", "Sun Li", [("system_admin", "centre")]),
)


def settle(password: str) -> dict[str, User]:
    """Create agencies and users; returns the users by login."""
    agencies = _agencies()
    hashed = hasher().hash(password)
    users = {}
    for login, name, name_en, held in USERS:
        user = User(
            login=login,
            name=name,
            name_en=name_en,
            email=f"{login}@qinghe.example",
            password_hash=hashed,
            demo=True,
            created_at=clock.now(),
        )
        db.session.add(user)
        db.session.flush()
        for role, agency in held:
            user.memberships.append(Membership(pool=_pool(role, agencies[agency]), role=role))
        users[login] = user
    db.session.flush()
    return users


def _agencies() -> dict[str, Agency]:
    made: dict[str, Agency] = {}
    for key, name, name_en, kind, parent, short, phone, address in AGENCIES:
        made[key] = Agency(
            key=key,
            name=name,
            name_en=name_en,
            kind=kind,
            short_name=short,
            phone=phone,
            address=address,
            region="青禾区",
            parent_id=made[parent].id if parent else None,
            active=True,
        )
        db.session.add(made[key])
        db.session.flush()
    return made


def _pool(role: str, agency: Agency) -> Pool:
    found = db.session.query(Pool).filter_by(role=role, agency_id=agency.id).one_or_none()
    if found is None:
        found = Pool(role=role, agency=agency)
        db.session.add(found)
        db.session.flush()
    return found
