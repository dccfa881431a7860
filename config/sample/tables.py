"""The tables of the sample district: what generate.py multiplies into CSV files.

Names of units are made up, or are the plain names of offices that every district has.
"""

# The 13 streets with an alliance, and of each the number of committees that cover two and three
# communities. Everything else that is covered has a committee of its own.
# code: (communities left without a committee, committees over two, committees over three)
ALLIANCES = {
    "140213050": (2, 2, 1), "140213051": (1, 2, 1), "140213052": (2, 2, 1),
    "140213053": (2, 2, 1), "140213054": (1, 2, 1), "140213055": (1, 2, 0),
    "140213056": (1, 2, 1), "140213058": (1, 2, 0), "140213059": (1, 2, 0),
    "140213061": (1, 1, 0), "140213062": (1, 2, 0), "140213065": (1, 2, 0),
    "140213066": (1, 2, 0),
}

# The category tree with the dispatch catalogue written into it. Two spaces a level. After a
# second-level name stands who is responsible by default (that unit's duty names the second-level
# code too, and so stands in where a special owner is missing or barred); after a third-level name
# who is responsible instead. A name with @ is a role that several units share out by area.
CATALOGUE = """
公用事业
  集中供热 @heat
    室温不达标
    供热管网漏水
    供热中断
    供热收费与退费
    供热开通与报停
  供水 water
    停水
    水压不足
    水质异常
    供水管道漏水
    水费争议
    二次供水设施 @property
  供电 @power
    停电
    电压不稳
    电力设施隐患
    电费争议 power
    充电桩报装 power
  燃气 @gas
    停气
    燃气泄漏
    燃气开通
    燃气费争议
  通信与广电 dept-telecom
    宽带故障
    手机信号差
    通信资费争议
    线缆杂乱
  排水与污水 inst-municipal
    下水道堵塞
    污水外溢 sewage
    井盖缺失破损
    道路积水
城市管理
  市容秩序 @urban
    占道经营
    店外经营
    乱贴小广告
    违规户外广告
  环境卫生 inst-sanitation
    垃圾清运不及时
    道路保洁
    公厕管理
    垃圾分类 @street
    扫雪铲冰 @street
  市政设施 inst-municipal
    道路破损
    路灯不亮
    人行道破损
    护栏与隔离设施
  违法建设 @urban
    疑似违建
    楼顶私搭乱建
    侵占公共绿地
  园林绿化 inst-park
    树木修剪
    绿地养护
    公园设施损坏
  养犬管理 @police
    犬只扰民
    无证养犬
    流浪犬 @urban
住房与物业
  物业管理 @street
    物业服务质量
    物业收费
    业主委员会
    小区保洁 @property
    公共设施维修 @property
    小区停车管理 @property
    维修资金 dept-housing
  电梯 @market
    电梯故障 @property
    电梯检验
    加装电梯 dept-housing
  房屋质量与安全 dept-housing
    房屋渗漏
    外墙脱落
    危房鉴定
  住房保障 dept-housing
    公租房申请
    老旧小区改造
    住房补贴
  房地产市场 dept-housing
    延期交房
    房产中介
    不动产登记 dept-planning
  住房公积金 dept-fund
    公积金提取
    公积金贷款
生态环境
  噪声 dept-ecology
    施工噪声 @urban
    邻里噪声 @police
    商业经营噪声 @police
    广场舞噪声 @police
    工业噪声
  大气污染 dept-ecology
    工地扬尘 dept-housing
    道路扬尘 inst-sanitation
    餐饮油烟 @urban
    露天焚烧 @street
    工业废气
  水体与土壤 dept-ecology
    河道水质
    工业废水
  固废与辐射 dept-ecology
    危险废物
    基站电磁辐射
劳动和社会保障
  拖欠工资 dept-labour
    工程建设领域欠薪
    企业欠薪
    加班费争议
  劳动关系 dept-labour
    劳动合同
    工伤认定
    辞退补偿
  社会保险 dept-labour
    养老保险
    失业保险
    社会保障卡
  就业创业 dept-labour
    就业岗位
    职业培训
    虚假招聘
市场监管
  食品安全 @market
    餐饮卫生
    食品过期变质
    网络订餐
  消费纠纷 @market
    退换货
    售后服务
    虚假宣传
  预付卡 @market
    健身预付卡
    美容美发预付卡
  价格与收费 @market
    明码标价
    停车收费 dept-develop
  药品与器械 dept-market
    药店管理
    医疗器械
  经营资格 @market
    无照经营
    疑似传销
交通运输
  停车管理 dept-traffic
    机动车违停
    废弃车辆 @urban
    共享单车停放 @urban
    道路泊位
  道路交通管理 dept-traffic
    信号灯
    标志标线
    交通拥堵
    电动自行车
  公共交通 bus
    公交等车时间长
    公交线路优化
    司乘服务
  出租与网约车 dept-taxi
    出租车拒载
    网约车计费
    物品遗失
  道路运输 dept-transport
    非法营运
    货车超限
教育
  义务教育 dept-education
    入学政策
    转学
    学区划分
  学校管理 dept-education
    学校收费
    教师行为
    校园安全
    校园食堂
  学前教育 dept-education
    入园
    幼儿园收费
  校外培训 dept-education
    培训退费
    违规补课
医疗卫生
  医疗服务 dept-health
    医疗服务态度
    医疗收费
    预约挂号
    医疗纠纷
  公共卫生 dept-health
    疫苗接种 @clinic
    家庭医生 @clinic
    控烟
    传染病防控
  医疗保障 dept-medins
    医保报销
    异地就医备案
    居民参保
  生育与托育 dept-health
    生育登记
    托育机构
民政与救助
  社会救助 dept-civil
    低保申请 @street
    临时救助 @street
    流浪救助
  养老服务 dept-civil
    养老机构
    居家养老 @community
    高龄津贴
  婚姻与殡葬 dept-civil
    婚姻登记
    殡葬服务
  残疾人服务 so-disabled
    残疾证办理
    无障碍设施
  退役军人 dept-veterans
    优抚待遇
    退役安置
公共安全
  消防安全 dept-fire
    消防通道占用
    飞线充电
    消防设施
  社会治安 @police
    电信诈骗
    盗窃
    赌博
  户政 @police
    户口登记
    身份证
  安全生产 dept-emergency
    生产安全隐患
    烟花爆竹
  应急救灾 dept-emergency
    防汛
    低温冰冻
政务服务
  办事服务 dept-approval
    营业执照
    办事流程
    服务大厅
  税务 dept-tax
    发票
    个人所得税
  政策咨询 dept-approval
    惠民政策
    惠企政策 dept-industry
  工作作风 dept-petition
    推诿拖延
    信访事项
文体旅游
  公共文化 dept-culture
    图书馆
    文化活动
    文物保护
  体育 dept-culture
    健身场所
    健身器材
  旅游 dept-culture
    景区服务
    旅行社纠纷
  文化市场 dept-culture
    网吧
    演出
农业农村与水务
  农村人居环境 @street
    村内环境
    旱厕改造
  农村道路 dept-transport
    乡村道路
    农村路灯
  水利河道 dept-water
    河道治理
    水资源
  农业生产 dept-agri
    耕地保护
    农业补贴
法律服务
  法律援助 dept-justice
    法律咨询
    援助申请
  人民调解 @street
    邻里纠纷 @community
    家庭纠纷 @community
社区与共建
  社区事务 @street
    居民证明 @community
    居务公开 @community
    社区工作作风
  邻里互助 @street
    助老送餐
    陪同就医
    困难帮扶
    心理疏导
  公共活动 @street
    活动场地
    文艺演出
    节日慰问
    志愿服务
  便民服务 @street
    便民缴费
    家电维修
    义诊
    理发
  儿童托管 @street
    课后托管
    假期托管
    科普讲座
"""

# The twenty commonest matters, the unit codes that are right for them, and a weight for history.
COMMONEST = {
    "室温不达标": ("heat-", 90), "停水": ("water", 30), "停电": ("power-", 24),
    "停气": ("gas-", 16), "施工噪声": ("urban-", 40), "邻里噪声": ("police-", 30),
    "物业服务质量": ("street-", 45), "疑似违建": ("urban-", 28),
    "工程建设领域欠薪": ("dept-labour", 26), "工地扬尘": ("dept-housing", 18),
    "路灯不亮": ("inst-municipal", 20), "机动车违停": ("dept-traffic", 34),
    "电梯故障": ("prop- market-", 26), "餐饮卫生": ("market-", 22),
    "入学政策": ("dept-education", 20), "医疗服务态度": ("dept-health", 14),
    "道路破损": ("inst-municipal", 18), "垃圾清运不及时": ("inst-sanitation", 22),
    "占道经营": ("urban-", 24), "公交等车时间长": ("bus", 14),
}

# Utilities and stations share out the streets: unit code -> street codes without the district.
EAST = "057 063 064 065 066 067"
WEST = "054 055 058 059 060 062"
CENTRE = "050 051 052 053 056 061"
ROLES = {
    "@heat": {"heat-east": EAST, "heat-west": WEST, "heat-centre": CENTRE},
    "@gas": {"gas-north": "051 055 056 060 061 062 063 064", "gas-south":
             "050 052 053 054 057 058 059 065 066 067"},
    "@power": {"power-east": EAST + " 050 051 052", "power-west": WEST + " 053 056 061"},
    "@police": {"police-01": "050", "police-02": "051", "police-03": "052 067",
                "police-04": "053", "police-05": "054 062", "police-06": "055 060",
                "police-07": "056 061", "police-08": "057 066", "police-09": "058 059",
                "police-10": "063 064 065"},
    "@market": {"market-01": "050 052", "market-02": "051 057", "market-03": "053 054",
                "market-04": "055 060 062", "market-05": "056 061", "market-06": "058 059",
                "market-07": "063 064 065 066 067"},
    "@urban": {"urban-01": "050 067", "urban-02": "051 056 061", "urban-03": "052 053",
               "urban-04": "054 062", "urban-05": "055 060", "urban-06": "058 059",
               "urban-07": "057 063 064 065 066"},
}

DEPARTMENTS = """
dept-housing 平城区住房和城乡建设局
dept-urban 平城区城市管理局
dept-market 平城区市场监督管理局
dept-ecology 平城区生态环境分局
dept-transport 平城区交通运输局
dept-labour 平城区人力资源和社会保障局
dept-education 平城区教育局
dept-health 平城区卫生健康局
dept-police 平城区公安分局
dept-traffic 平城区交警大队
dept-water 平城区水务局
dept-civil 平城区民政局
dept-emergency 平城区应急管理局
dept-fire 平城区消防救援大队
dept-culture 平城区文化和旅游体育局
dept-planning 平城区自然资源分局
dept-agri 平城区农业农村局
dept-justice 平城区司法局
dept-veterans 平城区退役军人事务局
dept-medins 平城区医疗保障局
dept-commerce 平城区商务局
dept-develop 平城区发展和改革局
dept-finance 平城区财政局
dept-tax 平城区税务局
dept-approval 平城区行政审批服务管理局
dept-petition 平城区信访局
dept-statistics 平城区统计局
dept-audit 平城区审计局
dept-energy 平城区能源局
dept-industry 平城区工业和信息化局
dept-data 平城区数据局
dept-affairs 平城区机关事务服务中心
dept-fund 市住房公积金平城管理部
dept-weather 市气象台
dept-archives 市档案馆
dept-post 市邮政管理办公室
dept-telecom 市通信管理办公室
dept-taxi 市出租汽车管理处
"""
# Who watches over an industry: duties that name whole second-level categories, and so come after
# those who do the work, and stand in where these are the accused.
REGULATORS = {
    "dept-energy": "集中供热 供电 燃气", "dept-water": "供水", "dept-transport": "公共交通",
    "dept-urban": "市容秩序 环境卫生 违法建设", "dept-market": "食品安全 消费纠纷",
    "dept-police": "社会治安 户政", "dept-housing": "物业管理 电梯 市政设施",
}
# City departments answer for the whole city.
CITY_WIDE = ("dept-fund", "dept-telecom", "dept-taxi")

# Units whose address is the district: no street lies over it.
NO_STREET = ("dept-affairs", "so-blood")

UTILITIES = """
heat-east 平城东部热力有限公司
heat-west 平城西部热力有限公司
heat-centre 平城中部热力有限公司
water 平城清源供水有限公司
power 平城供电公司
power-east 平城供电公司东部供电所
power-west 平城供电公司西部供电所
gas-north 平城北部燃气有限公司
gas-south 平城南部燃气有限公司
tel-a 衡信通信平城分公司
tel-b 朗讯达通信平城分公司
tel-c 云帆通信平城分公司
bus 平城公共交通有限公司
sewage 平城碧澜污水处理有限公司
lpg 平城瓶装液化气供应站
cable 平城广电网络有限公司
"""

INSTITUTIONS = """
inst-municipal 平城区市政设施养护中心
inst-sanitation 平城区环境卫生服务中心
inst-park 平城区园林绿化服务中心
inst-library 平城区图书馆
inst-culture 平城区文化馆
inst-gym 平城区全民健身中心
inst-museum 平城区民俗博物馆
inst-media 平城区融媒体中心
inst-care 平城区社会福利中心
inst-training 平城区职业技能培训中心
inst-youth 平城区青少年活动中心
inst-science 平城区科技馆
inst-legal 平城区公共法律服务中心
inst-seniors 平城区老年大学
inst-rescue 平城区救助管理站
"""

SOCIAL = """
so-disabled 平城区残疾人联合会
so-women 平城区妇女联合会
so-youth 平城区青年志愿者协会
so-union 平城区职工服务协会
so-business 平城区工商业者联合会
so-redcross 平城区红十字志愿服务队
so-law 平城区晨曦法律服务社
so-mind 平城区心桥心理服务中心
so-elder1 平城区松龄居家养老服务中心
so-elder2 平城区椿晖居家养老服务中心
so-run 平城区长跑协会
so-dance 平城区广场舞协会
so-chess 平城区棋类协会
so-calligraphy 平城区书法协会
so-rescue 平城区雁北户外救援队
so-repair 平城区工匠志愿服务队
so-green 平城区绿芽环保服务中心
so-blood 平城区无偿献血志愿服务队
so-child 平城区向日葵儿童服务中心
so-property 平城区物业管理协会
so-food 平城区餐饮行业协会
so-photo 平城区摄影协会
"""

# Firms and schools are a made-up word put into a pattern: (code, group, kind, number, patterns).
WORDS = (
    "晟泽 瀚禾 沐川 云栖 柏颂 禾芃 澄怀 景樾 朗屿 溪桐 穗安 衡远 逸樾 霁原 芷原 熙禾 栎川 牧歌 "
    "苇航 砚田 昱辰 璟和 棠樾 桐荫 嘉树 岚庭 鹿鸣 雁归 松涧 竹溪 兰亭屿 麦浪 星垂 月涌 知屿 拾光 "
    "青禾 白塬 暖巷 长风 远岫 新荷 棠溪 槿年 蔚川 漱石 听泉 观澜 望岳 岫云").split()
PATTERNS = (
    ("school", "school", "school", 36, (
        "平城区{}小学", "平城区{}中学", "平城区{}幼儿园", "平城区{}学校")),
    ("hosp", "hosp", "hospital", 6, ("平城区{}医院", "平城区{}中医院", "平城区{}口腔医院")),
    ("bank", "bank", "state_enterprise", 12, (
        "晋禾银行{}支行", "平城{}农商银行", "汇禾银行{}支行")),
    ("soe", "soe", "state_enterprise", 18, (
        "平城{}建设集团有限公司", "平城{}粮油购销有限公司", "平城{}煤业有限公司",
        "平城{}书店有限公司", "平城{}粮食储备库", "平城{}铁路服务有限公司")),
    ("prop", "prop", "private_enterprise", 24, ("平城区{}物业服务有限公司",)),
    ("shop", "shop", "private_enterprise", 14, (
        "平城区{}超市", "平城区{}百货有限公司", "平城区{}药房")),
    ("food", "food", "private_enterprise", 16, (
        "平城区{}刀削面馆", "平城区{}火锅店", "平城区{}饭庄", "平城区{}糕点坊")),
    ("build", "build", "private_enterprise", 10, (
        "平城区{}建筑工程有限公司", "平城区{}装饰工程有限公司")),
    ("firm", "firm", "private_enterprise", 20, (
        "平城区{}家政服务有限公司", "平城区{}快递有限公司", "平城区{}培训学校有限公司",
        "平城区{}软件有限公司", "平城区{}汽车维修有限公司", "平城区{}健身有限公司")),
)

# How the party organization of a group's n-th unit was formed; the list is gone through again
# and again.
FORMATIONS = {
    "dept": ["alone"], "station": ["attached"], "office": ["alone"], "comm": ["alone"],
    "util": ["alone"], "inst": ["alone", "alone", "attached"], "school": ["alone"],
    "hosp": ["alone"], "clinic": ["alone", "joint"], "bank": ["alone", "joint"],
    "soe": ["alone"], "prop": ["alone", "joint", "attached"], "shop": ["joint", "attached", "none"],
    "food": ["joint", "none", "attached", "joint"], "build": ["alone", "joint", "none"],
    "firm": ["joint", "none", "attached", "joint"], "social": ["alone", "joint", "none"],
}
# Kind of organization of a unit that formed its own; by size in life, by group here.
OWN_ORG = {
    "dept": ["committee", "general_branch"], "office": ["committee"], "comm": ["general_branch"],
    "util": ["committee", "general_branch", "branch"], "school": ["general_branch", "branch"],
    "hosp": ["committee", "general_branch"], "soe": ["committee", "general_branch", "branch"],
}

ALIASES = {
    "dept-urban": ["平城区城市管理综合行政执法局@2019-03-01..2024-09-30"],
    "dept-culture": ["平城区文化和旅游局@2019-03-01..2023-12-31",
                     "平城区体育中心@..2023-12-31"],
    "dept-data": ["平城区大数据应用服务中心@..2024-05-31"],
    "heat-centre": ["平城城区供热公司@..2024-10-31"],
    "prop-03": ["平城区安宅物业管理有限公司@2016-05-01..2025-02-28"],
}
# The alias under which the history names its unit, as old records do.
HISTORY_ALIAS = "heat-centre"

ENDED = ("shop-14", "food-08", "firm-19", "build-10")

ANY = "随时"
WEEK = "周一至周五 09:00-17:30"
ENDS = "周六、周日 09:00-17:00"
# What a unit of each group offers under an agreement:
# (kind, title, categories, least and most tasks at once (0 = unlimited), hours)
OFFERS = {
    "dept": [
        ("volunteers", "在职党员志愿服务队", "公共活动 扫雪铲冰 困难帮扶", 2, 6, ENDS),
        ("information", "惠民政策宣讲", "惠民政策 科普讲座", 1, 3, WEEK),
        ("expertise", "业务骨干驻点咨询", "惠民政策 法律咨询", 1, 2, WEEK),
        ("funds", "结对帮扶资金", "困难帮扶 节日慰问", 1, 2, WEEK),
        ("venue", "机关会议室开放", "活动场地", 1, 2, ENDS)],
    "util": [
        ("service_window", "进社区便民缴费点", "便民缴费", 1, 3, WEEK),
        ("expertise", "入户安全检查与用能讲座", "科普讲座", 1, 3, WEEK),
        ("equipment", "应急抢险设备", "防汛 低温冰冻", 1, 4, ANY),
        ("volunteers", "红马甲服务队", "公共活动 家电维修", 2, 5, ENDS)],
    "school": [
        ("venue", "操场与教室假日开放", "活动场地 健身场所", 1, 3, ENDS),
        ("education", "课后托管与家长课堂", "课后托管 假期托管", 1, 3, WEEK),
        ("culture", "学生艺术团演出", "文艺演出 文化活动", 1, 1, ENDS),
        ("volunteers", "教师志愿辅导", "公共活动 科普讲座", 1, 4, ENDS),
        ("sports", "球类教练指导", "健身场所", 1, 2, ENDS)],
    "hosp": [
        ("health", "义诊与健康讲座", "义诊", 1, 3, ENDS),
        ("expertise", "专科医生咨询", "义诊 心理疏导", 1, 2, WEEK),
        ("volunteers", "导医志愿者", "陪同就医 公共活动", 2, 5, WEEK),
        ("equipment", "轮椅与急救包借用", "陪同就医", 2, 8, ANY)],
    "bank": [
        ("service_window", "社保水电气热一站式窗口", "便民缴费", 1, 4, WEEK),
        ("information", "防范电信诈骗宣传", "电信诈骗 科普讲座", 1, 3, WEEK),
        ("funds", "微心愿公益金", "困难帮扶 节日慰问", 1, 3, WEEK),
        ("venue", "营业厅爱心驿站", "活动场地", 1, 1, WEEK)],
    "soe": [
        ("funds", "企业帮扶资金", "困难帮扶", 1, 2, WEEK),
        ("equipment", "铲车与运输车辆", "扫雪铲冰 防汛", 1, 3, ANY),
        ("venue", "职工活动中心开放", "活动场地 健身场所", 1, 2, ENDS),
        ("volunteers", "青年突击队", "公共活动 扫雪铲冰", 2, 5, ENDS),
        ("jobs", "职工招聘岗位", "就业岗位", 0, 0, WEEK)],
    "prop": [
        ("volunteers", "楼院巡查志愿者", "公共活动 扫雪铲冰", 1, 4, ANY),
        ("equipment", "疏通与照明设备", "家电维修", 1, 3, ANY),
        ("venue", "小区活动室", "活动场地", 1, 1, ENDS)],
    "shop": [
        ("jobs", "收银与理货岗位", "就业岗位", 0, 0, WEEK),
        ("equipment", "平价物资与慰问品", "节日慰问 助老送餐", 1, 4, ANY),
        ("service_window", "代收代缴与快件代取", "便民缴费", 1, 2, ANY)],
    "food": [
        ("equipment", "老年人送餐", "助老送餐", 2, 10, "每日 11:00-13:00"),
        ("jobs", "后厨与服务岗位", "就业岗位", 0, 0, WEEK),
        ("volunteers", "环卫工歇脚点志愿者", "公共活动", 1, 2, ANY)],
    "build": [
        ("equipment", "小型机械与脚手架", "防汛 扫雪铲冰", 1, 3, ANY),
        ("expertise", "房屋维修技术咨询", "家电维修", 1, 2, WEEK),
        ("jobs", "施工岗位", "就业岗位", 0, 0, WEEK)],
    "firm": [
        ("jobs", "灵活就业岗位", "就业岗位", 0, 0, WEEK),
        ("volunteers", "新就业群体骑手巡防队", "公共活动", 2, 6, ANY),
        ("expertise", "技能培训讲师", "职业培训", 1, 2, ENDS),
        ("sports", "健身器材与课程体验", "健身场所 健身器材", 1, 2, ENDS)],
    "social": [
        ("volunteers", "专业志愿者", "公共活动 助老送餐 陪同就医", 2, 8, ENDS),
        ("expertise", "法律与心理咨询", "法律咨询 心理疏导 邻里纠纷", 1, 3, WEEK),
        ("culture", "书画与舞蹈辅导", "文艺演出 文化活动", 1, 2, ENDS),
        ("health", "健康陪护", "陪同就医 义诊", 1, 3, WEEK),
        ("sports", "社区健身指导", "健身场所", 1, 2, ENDS)],
    "inst": [
        ("culture", "流动图书与展览", "图书馆 文化活动", 1, 2, ENDS),
        ("sports", "体育馆优惠时段", "健身场所", 1, 3, ENDS),
        ("education", "科普与技能课程", "科普讲座 职业培训 假期托管", 1, 3, ENDS),
        ("venue", "多功能厅开放", "活动场地 文艺演出", 1, 2, ENDS),
        ("information", "社区公告与政策发布", "惠民政策", 0, 0, ANY)],
}
OFFERS["clinic"] = OFFERS["hosp"]
OFFERS["station"] = OFFERS["dept"]

# What an agreement states: duties, tasks, form, content. Chosen in turn.
CLAUSES = [
    ("参加联席会议，每季度报告一次", "认领需求清单事项，按期办结", "季度会商、双向认领",
     "开放场地设施，组织党员到社区报到服务"),
    ("指定联络员，及时响应任务单", "承接便民服务与志愿服务", "结对共建、项目共办",
     "政策宣讲、困难帮扶、节日慰问"),
    ("共享资源清单并动态更新", "参与小区治理和应急处置", "定期走访、联合行动",
     "提供专业力量与设备，协助排查隐患"),
    ("党组织书记任兼职委员", "每年办成不少于两件实事", "兼职委员制、双向评价",
     "文体活动、健康服务、课后托管"),
]

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "建平 秀兰 志远 晓燕 国栋 丽娟 永强 雅琴 海涛 慧敏 立新 玉梅 俊峰 春燕 学文 美玲".split()
