"""Sentences as reports have them, each with the findings it must give; most must give none.

The tables say: 新收 12（自然人 10、商业企业 2）, 上年结转 2, 予以公开 7, 部分公开 2, 不予公开 0,
无法提供 3, 不予处理 1, 其他处理 0, 总计 13, 结转下年度 1; 行政复议 3（维持 2、纠正 1）, 行政诉讼 1
（维持 1）; 行政规范性文件 制发 2、废止 1、现行有效 9.
"""

from __future__ import annotations

import pytest

import builders
from gouji import editions
from gouji.layout import layout_of
from gouji.model import Severity, Status, Submission
from gouji.narrative import narrative_findings

FORM = editions.load("2021")
TABLES = {
    "requests.received.person": 10,
    "requests.received.business": 2,
    "requests.brought_forward.person": 2,
    "requests.result.granted.person": 6,
    "requests.result.granted.business": 1,
    "requests.result.partial.person": 2,
    "requests.result.unavailable.not_held.person": 3,
    "requests.result.unprocessed.duplicate.business": 1,
    "requests.carried_forward.person": 1,
    "review.reconsideration.upheld": 2,
    "review.reconsideration.corrected": 1,
    "review.direct_suit.upheld": 1,
    "proactive.normative.made": 2,
    "proactive.normative.repealed": 1,
    "proactive.normative.in_force": 9,
}


def report(text: str, **fields: object) -> Submission:
    values = builders.close(FORM, TABLES)
    assert values["requests.result.total.total"] == 13
    defaults: dict[str, object] = {"year": 2024, "narrative": {"1": text}}
    return builders.as_submission(FORM, "云澜区水务局", values, **(defaults | fields))


def found(text: str, **fields: object) -> list[str]:
    findings = narrative_findings(FORM, report(text, **fields), layout_of(FORM).place)
    assert all(f.severity is Severity.SOFT and f.status is Status.FAILED for f in findings)
    return [f.rule for f in findings]


#: What agrees with the tables.
RIGHT = [
    "2024年，我局共收到政府信息公开申请12件，其中自然人10件、法人2件。",
    "全年受理政府信息公开申请14件（含上年结转2件），办结13件，结转下年度继续办理1件。",
    "全年受理政府信息公开申请12件，上年结转2件，办结13件。",
    "新收政府信息公开申请12件，予以公开7件，部分公开2件，无法提供3件，不予处理1件。",
    "收到依申请公开十二件，答复十三件。",
    "本年度共收到公民、法人或其他组织提出的政府信息公开申请１２件，结转下年１件。",
    "收到政府信息公开申请12件，同比增长20%，办结13件，较上年增加3件。",
    "依申请公开情况\n2024年收到申请12件，办结13件，其中予以公开7件、部分公开2件、无法提供3件、不予处理1件。",
    "依申请公开工作有序开展。2024年收到申请12件，不予公开0件。",
    "因政府信息公开引发行政复议3件、行政诉讼1件。",
    "因政府信息公开被申请行政复议3件，其中维持2件、纠正1件；被提起行政诉讼1件，结果维持。",
    "因政府信息公开引发行政复议、行政诉讼共4件。",
    "涉及政府信息公开的行政诉讼案件1件，均维持。",
    "制发行政规范性文件2件，废止行政规范性文件1件，现行有效的行政规范性文件9件。",
    "全年主动公开政府信息55条，其中机构职能类10条、政策文件类20条、工作动态类25条。",
    "除1件结转下年外，收到的政府信息公开申请全部办结。",
    "收到政府信息公开申请12件，其余均已办结。",
    "予以公开的答复7件，收到政府信息公开申请12件。",
    "水务局收到政府信息公开申请12件。",
    "2024年度，收到政府信息公开申请12份，12件申请中自然人10件。",
]

#: What speaks of something else, or too vaguely to be compared.
OTHER_MATTERS = [
    "全年收到群众来信85件，办结85件，办结率100%。",
    "12345热线受理工单300件，按时办结300件。",
    "收到人大代表建议5件、政协提案8件，均已办结。",
    "通过依申请公开平台和12345热线，受理群众诉求300件。",
    "受理行政许可申请517件，办结510件，不予许可3件。",
    "答复网民留言34条，回复咨询20件。",
    "区司法局全年办理行政复议案件120件，行政应诉案件30件，均维持。",
    "全局办理行政诉讼案件6件，均未败诉。",
    "2023年收到政府信息公开申请8件，办结8件。",
    "2023年收到政府信息公开申请8件，2024年收到12件。",
    "2022年至2024年共收到政府信息公开申请30件。",
    "近三年累计收到政府信息公开申请30件，办结29件。",
    "上半年收到政府信息公开申请5件，办结4件。",
    "截至6月底，收到政府信息公开申请5件。",
    "收到政府信息公开申请约10件，办结10余件。",
    "收到政府信息公开申请10件以上。",
    "区教育局收到政府信息公开申请5件，区公安局收到20件。",
    "全区受理政府信息公开申请749件，办结718件。",
    "网上收到政府信息公开申请8件，信函收到4件。",
    "涉及征地拆迁的政府信息公开申请5件。",
    "收到政府信息公开申请12件，要求补正3件，延期答复2件。",
    "按期答复政府信息公开申请5件。",
    "收到政府信息公开申请12件，依法受理10件。",
    "严格落实《政府信息公开条例》（国务院令第711号）和浙政办〔2019〕5号文件。",
    "政府信息公开申请受理电话0577-88888888，手机13800000000，网址www.example.gov.cn/5件。",
    "第12件申请予以公开；政府信息公开申请第一条明确，一件事一次办。",
    "收到政府信息公开申请的平均办理时间为7个工作日，收费0元。",
    "2024年12月31日前办结率100%，满意率98.5%。",
    "未收到需要收取信息处理费的政府信息公开申请。",
    "没有不予公开的政府信息公开申请。",
    "未收到重复申请，未发生因政府信息公开被纠正的行政复议。",
    "无正当理由大量反复申请的情况没有发生。",
    "2023年未收到政府信息公开申请。",
    "上年未收到政府信息公开申请，未发生行政复议。",
    "群众来信全部办结，信访事项均已办结。",
    "制定行政规范性文件合法性审查制度3项，清理规范性文件30件，牵头制定规范性文件5件。",
    "公开规范性文件解读12件。",
    "收到政府信息公开申请二三件，多次沟通。",
    "收到政府信息公开申请1.2万件次，点击量3万次。",
    "组织政府信息公开培训2次，参加60人次，印发手册500份。",
    "开展依申请公开专题培训，收到意见建议6件，办结6件。",
    "一是受理不规范；二是答复不及时；三是公开意识不强。",
    "无。",
]

#: Breakdowns that are none, or overlap, or leave something out on purpose.
NO_BREAKDOWN = [
    "全年公开信息500条，其中政策文件12条、公告8条、动态30条。",
    "全年公开信息55条，其中机构信息5条、政策法规1条、工作通知31条等。",
    "全年公开信息100条，其中网站90条、微信公众号60条、微博20条。",
    "全年公开信息100条，其中网站发布80条、微信发布20条、微博发布5条。",
    "全年公开信息12条，其中自然人10条、法人2条，财政类5条、人事类4条、其他3条。",
    "全年公开信息60条，其中动态20余条、公告30条、政策5条。",
    "公开信息55条，开设专栏3个，其中机构类1个、政策类1个。",
    "公开信息55条，其中机构信息40条（其中领导信息10条、内设机构30条）、政策15条。",
    "公开信息55条，比上年增加5条，其中机构信息5条、政策1条、公告49条。",
    "公开信息100条，其中机构信息45条、政策40条、人事10条，回应关切信息6条。",
]

#: What does not agree, with the rules that say so.
WRONG = {
    "2024年，我局共收到政府信息公开申请15件。": ["N1.received"],
    "全年受理政府信息公开申请13件，办结14件。": ["N1.accepted", "N1.done"],
    "新收政府信息公开申请14件。": ["N1.new"],
    "收到依申请公开十五件。": ["N1.received"],
    "收到政府信息公开申请1２件，上年结转3件，结转下年度2件。": ["N1.brought", "N1.carried"],
    "收到政府信息公开申请12件，其中自然人9件、法人3件。": ["N1.person", "N1.legal"],
    "依申请公开情况\n收到申请12件，予以公开8件，部分公开3件。": ["N1.granted", "N1.partial"],
    "对政府信息公开申请不予公开2件，无法提供4件，不予处理2件。": [
        "N1.denied", "N1.unavailable", "N1.unprocessed"],
    "收到政府信息公开申请12件，其他处理2件。": ["N1.other"],
    "收到政府信息公开申请12件，答复10件。": ["N1.answered"],
    "收到政府信息公开申请12件（含上年结转5件）。": ["N1.brought"],
    "因政府信息公开引发行政复议5件、行政诉讼3件。": ["N1.reconsideration", "N1.suits"],
    "因政府信息公开引发行政复议3件，维持5件。": ["N1.upheld"],
    "制发行政规范性文件5件，废止行政规范性文件3件。": ["N1.issued", "N1.repealed"],
    "现行有效行政规范性文件12件。": ["N1.in_force"],
    "2024年未收到政府信息公开申请。": ["N3.no_request"],
    "全年没有收到公民、法人或其他组织提出的政府信息公开申请。": ["N3.no_request"],
    "无依申请公开。": ["N3.no_request"],
    "未发生因政府信息公开引发的行政复议、行政诉讼案件。": [
        "N3.no_reconsideration", "N3.no_suit"],
    "没有行政诉讼案件。": ["N3.no_suit"],
    "收到政府信息公开申请12件，均已办结。": ["N3.all_done"],
    "收到的政府信息公开申请全部按时办结。": ["N3.all_done"],
    "因政府信息公开引发行政复议3件，均维持。": ["N3.all_upheld_review"],
    "全年主动公开信息55条，其中机构信息5条、政策法规1条、通知公告31条、财务信息2条、人事信息5条、"
    "建议提案4条。": ["N2.1"],
    "全年公开信息50条（其中机构信息15条、政策法规11条、通知公告20条）。": ["N2.1"],
    "公开信息1,050条，分别为机构信息500条，政策法规250条，通知公告200条。": ["N2.1"],
}  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_agrees_raises_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", OTHER_MATTERS)
def test_other_matters_raise_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", NO_BREAKDOWN)
def test_what_is_no_full_breakdown_raises_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(("text", "rules"), WRONG.items(), ids=list(WRONG))
def test_what_disagrees_is_told(text: str, rules: list[str]) -> None:
    assert found(text) == rules


def test_the_corpus_is_large_and_mostly_silent() -> None:
    silent = len(RIGHT) + len(OTHER_MATTERS) + len(NO_BREAKDOWN)
    assert silent + len(WRONG) >= 60
    assert silent > len(WRONG)


def test_all_silent_sentences_together_raise_nothing() -> None:
    """One after the other in paragraphs: no sentence colours the next one's meaning."""
    assert found("\n".join(RIGHT + OTHER_MATTERS + NO_BREAKDOWN)) == []


def test_a_government_speaks_of_the_units_below_it() -> None:
    text = "全区受理政府信息公开申请749件。"
    assert found(text, level="department") == []
    assert found(text, level="district") == ["N1.accepted"]
