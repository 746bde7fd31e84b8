"""What people of the sample world write down, in English and in Chinese.

Texts are filled with what they are about: ``{amount}`` and ``{day}`` where money or a date is spoken of.
"""

from dataclasses import dataclass

from cases.contact.question import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The notes of one language."""

    calls: dict[Outcome, tuple[str, ...]]
    reasons: dict[str, tuple[str, ...]]
    """What was said, by the reason given for not paying."""
    promises: tuple[str, ...]
    part_promises: tuple[str, ...]
    thanks: tuple[str, ...]
    broken: tuple[str, ...]
    inbound: tuple[str, ...]
    overrides: tuple[str, ...]
    disputes: dict[str, tuple[str, ...]]
    answers: tuple[str, ...]
    notes: tuple[str, ...]
    """For colleagues only."""
    told: tuple[str, ...]
    """Notes that the client sees."""
    papers: tuple[str, ...]
    """What the client is asked for."""
    stop: str
    lawyer: str
    third_party: str
    legal: str
    settlement: str
    limitation: str
    positions: tuple[str, ...]
    owner: str
    adviser: str
    recalls: tuple[tuple[str, str], ...]
    """Why a client wants a case back: the reason chosen, and what it adds."""
    claims_less: str
    claims_more: str
    hold: str
    """Why a document is kept beyond its time."""
    too_small: str
    """A client on a case below what the agency accepts."""
    scans: tuple[str, str]
    """What a folder of scans is called, and a scan in it."""
    corrected: str
    """Of a paper that replaces another."""
    plan: str
    """Why a plan is a good one."""
    settled: str
    """Why less is better than waiting."""
    goods: tuple[str, str]
    """What a claim is for."""
    outcomes: dict[str, str]
    """What came of a case besides money, by its kind; and why one is given up."""
    guarantor: str
    report: str
    """A debtor, of what it paid to the creditor itself."""
    booked: str
    """The creditor, of the same."""
    unknown: tuple[str, str]
    """Who pays without saying what for, and what the bank's line says."""
    partly: str
    """Why a part of a claim is disputed."""
    refunds: tuple[str, str]
    """Why card money goes back."""


ENGLISH = Words(
    calls={
        Outcome.NO_ANSWER: ("Rang for a minute, nobody picked up.", "No answer, no machine.", "Rang out twice.", ""),
        Outcome.VOICEMAIL: (
            "Asked for a call back, gave our reference.",
            "Left name and number, nothing about the matter.",
            "Mailbox of the accounts department.",
        ),
        Outcome.NOT_CONNECTED: ("Line busy.", "The extension is not in service; try the switchboard.", ""),
        Outcome.WRONG_PERSON: (
            "Reception: accounts is in after ten. Said nothing about the matter.",
            "A colleague answered and takes no messages.",
            "Warehouse picked up; asked for the direct line of accounts.",
        ),
        Outcome.REFUSED: (
            "Will not discuss it on the telephone, wants everything in writing.",
            "Hung up when the invoice was mentioned.",
        ),
    },
    reasons={
        "short_of_cash": (
            "Two customers of theirs pay late. Does not question the goods.",
            "Cash is short until the end of the month, asks for patience.",
            "The bank cut the overdraft in summer; pays suppliers in turns.",
        ),
        "goods_unsold": (
            "Most of the delivery is still in the warehouse, the season was poor.",
            "Wanted to return the unsold half; told that this was not agreed.",
        ),
        "boss_away": (
            "Only the managing director releases payments, back on Thursday.",
            "The boss is at a trade fair. Second time we hear this.",
        ),
        "invoice_missing": (
            "Says the invoice never arrived. Copy promised for today.",
            "Accounts moved offices, asks for a copy of invoice and delivery note.",
        ),
        "quality": (
            "Mentions damaged packaging, but has no protocol and never complained.",
            "Not satisfied with two items, the rest is fine.",
        ),
        "already_paid": (
            "Says it was transferred last week; asked for the bank's confirmation.",
            "Believes that it was paid with the previous invoice. Checks and calls back.",
        ),
    },
    promises=(
        "Will transfer {amount} by {day}; confirms in writing.",
        "Promises {amount} by {day}. Friendly, knows the invoice.",
        "Payment run is on {day}: {amount} will be in it.",
    ),
    part_promises=(
        "Cannot pay all at once. {amount} by {day}, then we speak about the rest.",
        "Offers {amount} by {day} as a first part.",
        "Agreed {amount} by {day}; the rest in the following weeks.",
    ),
    thanks=(
        "Thanked for the payment and asked about the rest.",
        "Money came as agreed. The rest follows next month.",
        "Confirmed that the payment has arrived; next part discussed.",
    ),
    broken=(
        "Nothing came. Says the bank returned the order; new date tomorrow.",
        "Reminded of the promise. Evasive, “the papers are with the boss”.",
        "Apologises, a customer did not pay. Looks for another way.",
    ),
    inbound=("Called us after the letter, asks for the account number.", "Calls back as asked, wants a copy."),
    overrides=(
        "Mr. Pohl asked on the telephone to be called after six.",
        "The debtor's accountant works in the evening only and asked for a late call.",
        "They asked us to ring again the same day once the bank had answered.",
        "Production stops at three; the owner asked to be called on the half holiday.",
    ),
    disputes={
        "not_received": ("Two pallets are said to be missing; no remark on the delivery note.",),
        "defective": (
            "Says that four pieces leaked at the pressure test.",
            "Complains about scratches; photographs to follow.",
        ),
        "price": (
            "A discount of 8 % is said to have been agreed by telephone.",
            "Invoice is above the order confirmation.",
        ),
        "paid": ("Sends a payment slip over the full amount, without a bank's stamp.",),
        "not_ours": ("Says that the order came from a sister company.",),
    },
    answers=(
        "Delivery note signed without remark, copy sent to the debtor.",
        "The client stands by the invoice; order and confirmation sent.",
        "No such discount was agreed. Correspondence of March sent.",
        "The payment slip belongs to an earlier invoice; account statement sent.",
    ),
    notes=(
        "Register entry checked: no change, no insolvency announcement.",
        "Website is down since last week.",
        "They order elsewhere against advance payment, says a driver.",
        "Speaks better English than German.",
        "Switchboard puts through only with the invoice number.",
    ),
    told=(
        "The debtor confirms the balance in full. Payment is a matter of weeks.",
        "We recommend to deliver against advance payment only, for the time being.",
        "New managing director since the first of the month; contact is good.",
    ),
    papers=(
        "Please send us the signed delivery note, the debtor asks for it.",
        "We need the order confirmation and the general terms that you agreed.",
        "Which invoices does your credit note of last month belong to?",
    ),
    stop="Asks in writing not to be telephoned any more; e-mail is fine.",
    lawyer="Letter from a law firm: they act for the debtor from now on.",
    third_party="Tax adviser of the debtor, answered the telephone by chance.",
    legal="Last deadline passed, claim is clear and documented. Handed to the lawyers for an order to pay.",
    settlement="The client agreed to end the matter with what was paid; the rest is written off.",
    limitation="Counted from the due date of the oldest invoice; no acknowledgement on file.",
    positions=("accounts payable", "bookkeeping", "finance", "office manager"),
    owner="managing director",
    adviser="tax adviser",
    recalls=(
        ("business_relation", "They order again from next month on; we keep this in our own hands."),
        ("settled_ourselves", "Our sales director agreed with them on new terms at the fair."),
        ("own_collection", "Our lawyers bring this before the court together with two older claims."),
    ),
    claims_less="Credit note for the pallets that came back; it was booked after we placed the case.",
    claims_more="The freight of this order was invoiced apart and is unpaid as well.",
    hold="Evidence in a pending court case over the delivery.",
    too_small="We know that it is small. They owe us three more of these next month: please begin now.",
    plan="Two of its own customers pay late; a large order is in production and is delivered next month.",
    settled="The bank has cut its credit line. Others are suing already: money now is worth more than a title later.",
    scans=("Scans of this week", "scan"),
    corrected="corrected",
    goods=("Goods delivered on open account", "Delivery, and the freight of the return"),
    outcomes={
        "goods": "Four pallets of the delivery, unopened, taken back at list price less 10 %",
        "set_off": "Bonus of last year that our client still owed to the debtor",
        "collateral": "Two forklift trucks and a compressor, list of 12 items signed",
        "extension": "New due date; the managing director guarantees in person",
        "standstill": "The bank decides on a new credit line; all suppliers wait for it",
        "write_off": "Offices empty, telephone cut off, struck off the register; no assets that anybody knows of",
    },
    guarantor="Friedrich Möller",
    report="Transferred to the supplier's own account, our reference 5512",
    booked="Credited on our account at the day the debtor names.",
    unknown=("K. Andersson Handel AB", "Invoice 4471 thank you"),
    partly="Two of the pallets came with wet cartons; the rest is fine.",
    refunds=("Paid by card, and by transfer on the same day", "Debtor paid for a sister company by mistake"),
)

CHINESE = Words(
    calls={
        Outcome.NO_ANSWER: ("响铃一分钟，无人接听。", "无人接听，也没有留言功能。", "连打两次均未接。", ""),
        Outcome.VOICEMAIL: ("留言请对方回电，留下我方编号。", "语音信箱，只留姓名和电话，未提及事由。", "财务部语音信箱。"),
        Outcome.NOT_CONNECTED: ("占线。", "分机停用，下次打总机。", ""),
        Outcome.WRONG_PERSON: ("前台接听，财务十点后在。未谈及款项。", "同事代接，不肯转达。", "仓库接听，已问到财务直线。"),
        Outcome.REFUSED: ("不愿在电话里谈，要求书面往来。", "一提发票就挂断。"),
    },
    reasons={
        "short_of_cash": ("下游客户回款慢，对货物没有异议。", "本月资金紧张，请求宽限到月底。", "银行收紧授信，供应商轮流付款。"),
        "goods_unsold": ("这批货大部分还在仓库，淡季销得慢。", "想退回未售出的一半，已告知合同没有约定。"),
        "boss_away": ("付款要老板签字，老板周四回来。", "老板在外地参展，第二次听到这个说法。"),
        "invoice_missing": ("说没有收到发票，答应今天补寄。", "财务搬办公室，要求补发票和送货单。"),
        "quality": ("提到外包装破损，但没有验收记录，也未书面提出。", "对其中两项不满意，其余没有问题。"),
        "already_paid": ("说上周已汇款，请对方提供银行回单。", "以为和上一张发票一起付了，核对后回电。"),
    },
    promises=("承诺 {day} 前汇款 {amount}，会书面确认。", "答应 {day} 前支付 {amount}，态度好，清楚这笔账。", "{day} 统一付款，{amount} 列入当批。"),
    part_promises=("一次付不清，先在 {day} 前付 {amount}，余款再谈。", "提出 {day} 前先付 {amount}。", "约定 {day} 前付 {amount}，其余随后几周付清。"),
    thanks=("对已付款项表示感谢，询问余款安排。", "款项如约到账，余款下月付。", "确认到账，商定下一笔。"),
    broken=("款项未到。称银行退汇，明天给新日期。", "提醒承诺，对方含糊，说“单子在老板那里”。", "道歉，称客户没有回款，正在想办法。"),
    inbound=("收到函件后来电，询问收款账号。", "按约回电，要求发票复印件。"),
    overrides=("对方会计只在晚上上班，约好下班后致电。", "对方要求银行答复后当天再打一次。", "徐经理在电话中约定六点以后联系。"),
    disputes={
        "not_received": ("称少到两托盘，送货单上没有注明。",),
        "defective": ("称四件在打压试验时渗漏。", "反映表面划伤，照片随后提供。"),
        "price": ("称电话里谈好优惠 8 %。", "发票金额高于订单确认书。"),
        "paid": ("发来全额付款凭证，没有银行盖章。",),
        "not_ours": ("称订单是关联公司下的。",),
    },
    answers=("送货单签收无异议，复印件已发给债务人。", "客户坚持发票金额，订单和确认书已发出。", "没有约定过该折扣，三月往来函件已发出。", "该凭证对应上一张发票，对账单已发出。"),
    notes=("工商登记已查：无变更，无破产公告。", "官网上周起打不开。", "听司机说他们在别家现款提货。", "总机要报发票号才转接。", "与出纳微信联系较快。"),
    told=("债务人已书面确认全部余额，付款只是时间问题。", "建议贵司近期只接受预付款发货。", "本月起换了新总经理，沟通顺畅。"),
    papers=("请补充签收的送货单，债务人要求核对。", "请提供订单确认书和双方约定的条款。", "上月的红字发票对应哪几张发票？请说明。"),
    stop="书面要求不再电话联系，可发邮件。",
    lawyer="收到律师函：今后由律师代理债务人。",
    third_party="债务人的代账会计，偶然接听。",
    legal="最后期限已过，债权清楚、证据齐全，转律师申请支付令。",
    settlement="客户同意以已付款项了结，余额核销。",
    limitation="自最早一张发票到期日起算，未见对账确认。",
    positions=("应付会计", "财务", "出纳", "办公室主任"),
    owner="总经理",
    adviser="代账会计",
    recalls=(
        ("business_relation", "对方下月恢复下单，此案由我方自行跟进。"),
        ("settled_ourselves", "我方销售总监已在展会上与对方谈妥新的付款条件。"),
        ("own_collection", "此案将与另外两笔旧账一并起诉。"),
    ),
    claims_less="退回的托盘已开红字发票，入账在委托之后。",
    claims_more="该订单的运费另开发票，同样未付。",
    hold="相关货物的诉讼正在审理，须作为证据保存。",
    too_small="金额确实不大，但对方下月还有三笔同类货款到期，请先行处理。",
    plan="其两家客户付款延迟；一笔大额订单正在生产，下月交付。",
    settled="银行已收紧其授信，其他债权人已起诉：现在收到款项比日后拿到判决更有价值。",
    scans=("本周扫描件", "扫描"),
    corrected="更正",
    goods=("赊销货款", "货款及退货运费"),
    outcomes={
        "goods": "退回未拆封货物四托盘，按原价九折抵款",
        "set_off": "委托方上年度应付给对方的返利",
        "collateral": "叉车两台、空压机一台，设备清单共十二项已签字",
        "extension": "重新约定付款日，法定代表人个人担保",
        "standstill": "银行正在审批新授信，各供应商均同意等待",
        "write_off": "办公地点已搬空，电话停机，工商登记已注销，未发现可供执行的财产",
    },
    guarantor="周建华",
    report="已汇入供应商自己的账户，回单编号 5512",
    booked="款项已于债务人所述日期入我司账户。",
    unknown=("绍兴市柯桥区恒达布业", "货款"),
    partly="其中两托盘纸箱受潮，其余货物没有异议。",
    refunds=("已刷卡付款，同日又汇款一次", "误替关联公司付款"),
)  # fmt: skip


def words_of(language: str) -> Words:
    """The notes of a language."""
    return CHINESE if language.startswith("zh") else ENGLISH
