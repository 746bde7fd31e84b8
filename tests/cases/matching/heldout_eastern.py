"""Pairs that no weight was chosen on: China, Hong Kong, Japan.

Labelled first and scored afterwards, by what a careful person would say who may not telephone anybody.
"""

from tests.cases.matching.pairs import ask, co, differ, pe, same

CODE, OTHER_CODE = "91440300708461136T", "91110000802100433B"

MAINLAND = (
    same("责任 left out", co("成都蜀锦纺织有限责任公司", "CN 610000 成都"), co("成都蜀锦纺织有限公司", "CN 610000 成都")),
    same("city in brackets", co("禾木家居（苏州）有限公司", "CN 215000 苏州"), co("苏州禾木家居有限公司", "CN 215000 苏州")),
    same("province in front", co("广东省佛山市恒溢陶瓷有限公司", "CN 528000 佛山"), co("广东佛山恒溢陶瓷有限公司", "CN 528000 佛山市")),
    same("full-width brackets and blanks", co("澜舟软件(深圳)有限公司", "CN 518000 深圳"), co("澜舟软件（深圳） 有限公司", "CN 518000 深圳")),
    same("one unified code in either column", co("澜舟软件（深圳）有限公司", "CN 518000 深圳", reg=CODE), co("深圳澜舟软件公司", "CN 518057 深圳", tax=CODE)),
    same("股份 in short", co("合肥星瀚材料股份有限公司", "CN 230000 合肥", phone="+8655165001122"), co("合肥星瀚材料股份公司", "CN 230000 合肥", phone="+8655165001122")),
    same("Chinese and English name, one code", co("青岛海岚食品有限公司", "CN 266000 青岛", tax=OTHER_CODE), co("Qingdao Hailan Foods Co., Ltd.", "CN 266000 Qingdao", tax=OTHER_CODE)),
    same("English name in full width", co("Ｈａｉｌａｎ Ｆｏｏｄｓ Ｃｏ．， Ｌｔｄ", "CN 266000 Qingdao"), co("Hailan Foods Co Ltd", "CN 266000 Qingdao")),
    same("no postal code, one road", co("厦门鹭屿包装有限公司", "CN - 厦门", "湖滨南路12号"), co("厦门市鹭屿包装有限公司", "CN - 厦门市", "湖滨南路12号")),
    same("moved in the city, one mailbox", co("武汉楚云仪器有限公司", "CN 430000 武汉", email="chuyun@163.com"), co("武汉楚云仪器有限公司", "CN 430070 武汉", email="chuyun@163.com")),
    same("moved in the city, one telephone", co("西安秦岭味道食品有限公司", "CN 710000 西安", phone="+862988001122"), co("西安秦岭味道食品有限公司", "CN 710075 西安", phone="029 8800 1122")),
    ask("city in one name only", co("蜀锦纺织有限公司", "CN 610000 成都"), co("成都蜀锦纺织有限公司", "CN 610000 成都")),
    ask("branch in another city", co("合肥星瀚材料股份有限公司", "CN 230000 合肥"), co("合肥星瀚材料股份有限公司芜湖分公司", "CN 241000 芜湖")),
    ask("one name, two codes", co("青岛海岚食品有限公司", "CN 266000 青岛", tax=CODE), co("青岛海岚食品有限公司", "CN 266000 青岛", tax=OTHER_CODE)),
    ask("有限 and 股份有限, one mailbox", co("合肥星瀚材料有限公司", "CN 230000 合肥", email="xinghan@qq.com"), co("合肥星瀚材料股份有限公司", "CN 230000 合肥", email="xinghan@qq.com")),
    ask("group beside its company at one address", co("厦门鹭屿集团有限公司", "CN 361000 厦门", "湖滨南路12号"), co("厦门鹭屿有限公司", "CN 361000 厦门", "湖滨南路12号")),
    ask("another trade, one telephone and postal code", co("武汉楚云仪器有限公司", "CN 430000 武汉", phone="+862785001122"), co("武汉楚云科技有限公司", "CN 430000 武汉", phone="+862785001122")),
    ask("moved in the city, two telephone numbers", co("武汉楚云仪器有限公司", "CN 430000 武汉", phone="+862785001122"), co("武汉楚云仪器有限公司", "CN 430070 武汉", phone="+862785003344")),
    differ("one brand, two cities in the names", co("成都蜀锦纺织有限公司", "CN 610000 成都"), co("重庆蜀锦纺织有限公司", "CN 400000 重庆")),
    differ("one character of the brand", co("青岛海岚食品有限公司", "CN 266000 青岛"), co("青岛海澜食品有限公司", "CN 266000 青岛")),
    differ("one trade in one city", co("厦门鹭屿包装有限公司", "CN 361000 厦门"), co("厦门金禾包装有限公司", "CN 361000 厦门")),
    differ("a frequent brand, two provinces", co("郑州鸿运商贸有限公司", "CN 450000 郑州"), co("太原鸿运商贸有限公司", "CN 030000 太原")),
    differ("one building alone", co("武汉楚云仪器有限公司", "CN 430000 武汉", "光谷大道1号"), co("武汉银杏教育有限公司", "CN 430000 武汉", "光谷大道1号")),
    differ("characters changed places", co("上海明德贸易有限公司", "CN 200000 上海"), co("上海德明贸易有限公司", "CN 200000 上海")),
    differ("a longer brand that begins alike", co("杭州天目湖茶业有限公司", "CN 310000 杭州"), co("杭州天目茶业有限公司", "CN 310000 杭州")),
)  # fmt: skip

HONG_KONG_AND_JAPAN = (
    same("traditional on both sides, full-width blank", co("匯川國際貿易有限公司", "HK - 九龍", "彌敦道88號"), co("匯川國際貿易　有限公司", "HK - 九龍", "彌敦道88號")),
    same("Hong Kong English form in two ways", co("Lantau Freight Company Limited", "HK - Kowloon", "88 Nathan Road"), co("Lantau Freight Co., Ltd.", "HK - Kowloon", "88 Nathan Rd")),
    same("株式会社 in front and behind", co("株式会社青葉製作所", "JP 980-0021 仙台市"), co("青葉製作所株式会社", "JP 9800021 仙台市", phone="+81222110011")),
    same("Japanese, half-width katakana", co("株式会社ミドリ印刷", "JP 460-0008 名古屋市"), co("株式会社ﾐﾄﾞﾘ印刷", "JP 460-0008 名古屋市")),
    same("Japanese, one telephone", co("有限会社小松水産", "JP 040-0063 函館市", phone="+81138220011"), co("有限会社 小松水産", "JP 040-0064 函館市", phone="0138-22-0011")),
    ask("two forms of one Japanese name, one telephone", co("株式会社小松水産", "JP 040-0063 函館市", phone="+81138220011"), co("有限会社小松水産", "JP 040-0063 函館市", phone="+81138220011")),
    ask("traditional and simplified, one telephone", co("匯川國際貿易有限公司", "HK - 九龍", phone="+85223110011"), co("汇川国际贸易有限公司", "HK - 九龍", phone="+85223110011")),
    differ("two printers in one city", co("株式会社ミドリ印刷", "JP 460-0008 名古屋市"), co("株式会社アオバ印刷", "JP 460-0008 名古屋市")),
    differ("one Japanese name in two cities, a frequent one", co("株式会社鈴木商店", "JP 460-0008 名古屋市"), co("株式会社高木商店", "JP 980-0021 仙台市")),
)  # fmt: skip

PERSONS = (
    same("a title, one mobile number and road", pe("司徒若兰", "CN 430000 武汉", "珞喻路7号", "+8613712345678"), pe("司徒若兰小姐", "CN 430000 武汉", "珞喻路7号", "13712345678")),
    same("one mailbox and postal code", pe("慕容雪", "CN 518000 深圳", email="muxue@foxmail.com"), pe("慕容雪", "CN 518000 深圳", email="muxue@foxmail.com")),
    ask("a frequent name, one road", pe("李娜", "CN 430000 武汉", "珞喻路7号"), pe("李娜", "CN 430000 武汉", "珞喻路7号")),
    differ("a frequent name in one city", pe("张伟", "CN 430000 武汉"), pe("张伟", "CN 430000 武汉")),
    differ("one mobile number, two names", pe("李娜", "CN 430000 武汉", phone="+8613712345678"), pe("刘洋", "CN 430000 武汉", phone="+8613712345678")),
    differ("one family name and road", pe("陈志强", "CN 510000 广州", "中山路3号"), pe("陈志明", "CN 510000 广州", "中山路3号")),
)  # fmt: skip

EASTERN = (*MAINLAND, *HONG_KONG_AND_JAPAN, *PERSONS)
