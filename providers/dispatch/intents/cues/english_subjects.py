"""Cues in English: what a message is about. What it wants done is in `english`."""

from providers.dispatch.intents.lexicon import Table

ENGLISH_SUBJECTS: Table = {
    ("lookup", 3): """
    latest news | breaking news | in the news | news about | news on | news from | any news | recent news
    | today s news | headlines | search the web | search online | search the internet | web search | look up
    | look it up | find sources | with sources | give sources | cite sources | cite your sources | with links
    | official documentation | official website | official site | recent papers | recent studies | recent research
    | latest research | latest papers | latest version | latest release | latest stable | newest version
    | newer version | current version | what s new | what is new | stock price | share price | exchange rate
    | opening hours | opening times | near me | weather forecast | phone number | flight status | live score
    | box office | latest developments | latest updates | any updates | any update | people saying | fact check
    | look into whether | is it true that | according to the latest | as reported | statistics on | statistics for
    | where can i find | is there any news
    """,
    ("lookup", 2): """
    release date | who won | open on | open late | opens at | closes at | open today | open now | still alive
    | the news | do i need a visa | when is the next | when does the next | how much does it cost now
    | where can i buy | where can i get | where can i watch | where can i read | find me | cheapest | best rated
    | down right now | for sale | who is winning | google for | google it | find out when | find out who
    | find out what | link to | links to | give me a link | url of | any word on | top of the | is it true
    | who is leading | what are the reviews | got good reviews | latest on | update on | on time | voted in
    | going around in | compare the current | compare prices | in theaters | in cinemas | streaming on
    | available on netflix | how do i get to | directions to | good places | good place to | places to eat
    | things to do in | what to do in | near | who s playing | who is playing | who s running | trending
    | what s happening | what s going on | still supported | still available | still open | still valid
    | still working at | is it raining | is it snowing | house prices | house price | average price | currently in
    | cite at least | studies on | with citations | peer reviewed | what do we know | fly direct | direct flights
    | world record | how do i apply for | eligibility for | requirements for | rules for | what does the new
    | winner of the | winners of the | convicted | who s the current | what s the current | what is the current
    | when is easter | public holidays | bank holiday | time zone in | what time is it in | address of
    | contact details | customer service number | track my | reviews of | reviews for | how many subscribers
    | how many followers | how many users | how many people use | how many people have | open in
    | vaccines do i need | visa for | entry requirements | sources on | sources for | any open | food banks
    | check whether the | check if the | announced at | announce at | top rated | most popular | best selling
    | how much are | how much do | cost of living in | cost to | worth of | net worth | where does | live stream
    | line up for | who is in charge of | what channel | what s on tv | when do | when does the | deadline to
    | deadline for | how do i renew | recommended by | according to recent | benchmarks | leaderboard
    | what is the score | what s the score | find out if | find out whether | worth trying | worth visiting
    | best places | for sale near
    """,
    ("lookup", 1.5): """
    good concerts | concerts in | events in | hotels in | restaurants in | flights to | flights from | train from
    | bus from | buses to | jobs in | houses in | shops in | doctor in | dentist in
    """,
    ("lookup", 1): """
    in what year | in which year | what year | month and year | what day month | on what date | according to
    | how many people live | who is the current | surname of | named after | born in | full name of | find a
    | find the | list of all | what date | search for | look for | data on
    """,
    ("when", 1.5): """
    right now | at the moment | last night | tonight | this week | this month | this year | this season
    | this morning | this weekend | yesterday | tomorrow | currently | recently | lately | last week | last month
    | last weekend | next week | next month | next weekend | so far | just now | upcoming | latest | newest | recent
    | current | these days | as of | past week | past month | 2025 | 2026 | 2027 | 2028 | nowadays | by now
    | this afternoon | this evening | this spring | this summer | this autumn | this fall | this winter
    | the other day | as we speak | just yesterday | last monday | last friday | last sunday | the latest
    | up to now | in the last few | in the past few | 2 days ago | days ago | hours ago | a week ago | next friday
    | next season | present day
    """,
    ("when", 1): """
    today | tomorrow s | on monday | on tuesday | on wednesday | on thursday | on friday | on saturday | on sunday
    | now | last year | next year | ago | in the last | soon | the new | new head | new ceo | new coach | new season
    | new film | new movie | new album | who s the new | who is the new | on its way | going around | still on
    | these | on time | anymore | the last two years | last two | last three years | last few | past two years
    | past year | to date | this quarter | q1 | q2 | q3 | q4 | this term | since yesterday | in recent | just
    """,
    ("when", 0.5): "yet | still | already | monday* | sunday* | march | june | december | next",
    ("live", 1.5): """
    weather | forecast | standings | election | elections | ceasefire | interest rates | interest rate | come out
    | comes out | coming out | how much does | how much is | release date | stock | stocks | population of
    | world cup | updates | price | prices | going to rain | going to snow | will it rain | will it snow | the score
    | score of | score in | coach of | manager of | mayor of | governor of | king of | pope | line up | lineup
    | premiere | what time does | what time do | how is the dollar | doing against | share of | delays | delayed
    | cancelled | what happened to | what happened with | poll numbers | polling | earthquake | wildfire*
    | hurricane | outages | recall | layoffs | lawsuit | trial of | merger | acquisition of | ipo | gold price
    | oil price | per ounce | halftime show | runs on | run on sundays | next one | opening | world expo
    | line is down | noise cancelling headphones | headphones | smartwatch | laptop under | best budget | timetable
    | departure | departures | arrivals
    """,
    ("live", 1): """
    ceo | president | prime minister | bitcoin | ethereum | crypto | flight | flights | train | trains | traffic
    | strike | strikes | reviews | restaurant* | places near | hotels | bars | version | released | announced
    | launched | won | win | happened | happening | visa | eclipse | news | update | law | champion* | league
    | match | trailer | concert | rates | saying about | outage | status | winner | war in | the war | coach | mayor
    | governor | chancellor | senator | yen | dollar | euro | pound | nasdaq | dow jones | rain | snow | sunny
    | storm | playing tonight | play tonight | game | games | tour dates | published | replication | paper on
    | petrol | gas price | rent in | salary of | average salary | mortgage rates | tax rate | deadline for
    | near the | close | closes | opens | opened | closed | discontinued | available in | in stock | worth buying
    | best phone | best laptop | phone should i buy | laptop should i buy | car should i buy | specs | review of
    | rating | episode | episodes | season finale | album | sequel | patch notes | nobel | oscar | oscars | grammy
    | olympics | transfer | injured | signed | fired | resigned | elected | arrested | died | dead | alive | married
    | divorced | ends | ended | replaced | bankrupt | banned | passed the | vote on | tariff* | sanctions | ban on
    | voted | referendum | diesel | library | head of | team is | on time | iphone | pixel | galaxy | playstation
    | xbox | nintendo | netflix | spotify | tesla | leaving | reopen* | symptoms of the virus | outbreak | pandemic
    | vaccine for | explosion | attack | shooting | crash | accident | housing bill | bill | pass the | parliament
    | congress | senate | minister | supreme court | verdict | charged | breakfast | vegan restaurants | festival
    | glastonbury | supported | windows 10 | windows 11 | airline* | airport | road closed | regulation | ai act
    | gdpr fine | salary | house price | rent | announce | announces | subscribers | followers | autumn event
    | keynote | best picture | celtic | manchester | chelsea | arsenal | barcelona | knicks | lakers | super bowl
    | f1 | grand prix | wimbledon | nba | nfl | formula 1 | vaccines | passport | renew | clocks go | pollen
    | peace talks | talks | benchmarks | eurovision | m25 | blocked | still the | app store | performing | performs
    | hosting | hosts | ferry | headquarters | gold | silver price | landed | launch | rocket | mortgage | grant
    | subsidy | marathon | tournament
    """,
    ("live", 0.7): "cost | costs | buy | tickets",
    ("live", 0.6): "results | result | polls | government | inflation | market | open | schedule | season",
    ("code", 3): """
    refactor* | regular expression | segmentation fault | unit test | unit tests | merge conflict | syntax error
    | type guard | compile error | compiler error | source code | code review | dependency injection | rate limiter
    | token bucket | binary tree | hash map | race condition | http request | connection refused | exit code
    | sql query | react component | excel formula | type error | memory leak | union type | shell script
    | binary search | dynamic programming | data structure | data structures | unit testing | design pattern
    | design patterns | sorting algorithm | object oriented | machine learning model | neural network in
    | web scraping | file line by line | text file | command prompt | textbox in | web app | web server | in a loop
    """,
    ("code", 2.5): """
    vlookup | xlookup | pivot table | tuple | tuples | list comprehension | big o | cron expression | detached head
    | unhandled | stack overflow | hash table | linked lists | api key | rest endpoint | git branch | git pull
    | npm err | pip | virtualenv | venv | webpack | eslint | spreadsheet formula | google sheets formula
    | batch file | makefile | cmake | gcc | clang | dataframe | sql injection | unit tests for | mock | css selector
    | media query | http status | status code | foreign key | primary key | inner join | left join | git stash
    | cherry pick | recursion | segmentation | integer overflow | off by one | for loop | while loop | if statement
    | try except | try catch | regex for | wordpress | woocommerce | shopify theme | arduino | raspberry pi
    | terraform | ansible | aws | s3 bucket | lambda function | ec2 | azure | kafka | rabbitmq | elasticsearch
    | spring boot | laravel | ruby on rails | next js | svelte | tailwind | bootstrap | three js | unity script
    | unreal | godot | opencv | scikit learn | sklearn | hugging face | langchain | github action | github actions
    | pytest | chmod | one liner | bash one | shell command | reverse a linked | deadlock | deadlocks | foreach
    | mutable | immutable | garbage collector | this json | a json | json to | csv file | to a csv | port this from
    | refactoring | scrolls | what css | no module named | stack overflow error | core dump | unit tested
    | ci pipeline | ci cd | helm | docker image | dockerfile | mongodb query | lambda | decorator
    | generator function | iterator | closure | hoisting | event loop | memory address | big endian | ruby to go
    | web page | monad | monads | functor | put and patch | get and post | rebase | merge vs | pass props | props to
    | externally managed environment | seq scan | curl | cli in | functional programming | type hints
    | type inference | garbage collection | hash function | bitwise | design a database | database schema
    | debugging | breakpoint | gdb | valgrind | profiler | in ci | abstract class | an interface | dict | key exists
    | node app | type hints to | foreign key constraint | as json | parsing pdfs | an enum | a struct
    | inheritance | polymorphism | encapsulation | unused javascript | for loop in | unit testing framework
    | cannot find module | module not found | tcp and udp | git fetch | udp
    """,
    ("code", 2): """
    compile | compiles | compiler | compiling | recursive function | command line | this code | my code | the code
    | coding | source file | class method | css grid | time complexity | programming
    """,
    ("code", 1.5): """
    algorithm | pointer | exception | deploy | query | subclass | framework | repository | bug | bugs | array
    | arrays | stack trace | queue | dataset | implement | implementation | server side | client side | plugin
    | github repo | ide | vs code | input string | input strings | gui | excel | sheets | macro | executable
    | binary | json file | log file | logs | config | configuration | dependency | dependencies | version conflict
    | installed | uninstall | ip address | dns | firewall | router config | proxy | authentication | authorization
    | login page | form validation | dropdown | navbar | responsive | props | hook | callback | promise | websocket
    | socket | cache | schema | migration | orm | unicode | encoding | base64 | encrypt
    """,
    ("code", 1): """
    function | method | class | variable | error | database | crash* | library | terminal | shell | branch | merge
    | fetch | loops | thread | timestamp | parse | column | type | compile* | port | returns | request | token
    | state | button | hash | index | layout | install | package
    """,
    ("reasoning", 3): """
    prove that | prove | disprove | proof of | proof that | derive | solve for | system of equations | integral of
    | probability that | probability of | how many ways | logical fallac* | pros and cons | weigh up | weigh the
    | advantages and disadvantages | decision matrix | strategic options | show your reasoning | show your work
    | show your working | reason through | trade offs | tradeoffs | trade off | solve the equation | cost benefit
    | logic puzzle | argue both sides | argue for and against | arguments for and against | find the flaw | flaw in
    | both sides | what are the odds | odds of | odds that | odds the | expected number | truth table
    | contrapositive | if and only if | sufficient condition | necessary condition | is it valid | valid argument
    | thought experiment | sum of the | least common multiple | greatest common divisor | compound interest
    """,
    ("reasoning", 2.5): """
    reason it through | justify the ranking | this proof | show the steps | show your steps | if all | are all
    | should i switch | buy or lease | rent or buy | buy or rent | in total | what s wrong with this argument
    | rank these | cost benefit analysis | steelman | devil s advocate | what would happen if every | logical
    | critique the reasoning | critique this argument | do the maths | do the math | next in the sequence
    | next number | the sequence | liar | liars | chessboard | simplify | factorise | factorize | expand the
    | which is bigger | cross a bridge | cross the river | what s the fastest they can | is it rational
    | rational to | weigh cost | weighing | when do we run out | run out | how many squares | how many triangles
    | how many different | how many handshakes | break even point | rigorously | likelier | more likely
    | assumptions does | what assumptions | always lies | islanders | work out how | integer solutions
    | heads in a row | decide whether | what follows from | pick the best option | how much paint | premises
    | deductive | counterexample | counterexamples | bottleneck
    """,
    ("reasoning", 2): """
    step by step | probability | equation | equations | axiom* | theorem | lemma | fallac* | critically | divisible
    | think carefully | puzzle | estimate | eigenv* | expected value | game theory | root cause | syllogism
    | integrate | smallest number | largest number | minimum number | walk me through the | induction | combinator*
    | permutation* | solve this | solve the | derivative of | optimal | dilemma | scenario analysis | swot
    | triangle | vertices | line segment | polynomial | remainder | f x | percentage of | percent of | area of
    | perimeter | how many brothers | how many sisters | odd one out | logically | what is the relationship between
    | true false or uncertain | explain your reasoning | explain your steps | the value of | inequality | integers
    | endpoints | circumscrib* | must cross | weighings | counterfeit coin | who is lying | knights and knaves
    | derivative | integral | limit of | matrix | vector | vectors | factorial | logarithm | quadratic | modulo
    | therefore | dice | deck of cards | is it better to | worth it to | break even | return on investment
    | trade off between | which is better for | decide between | choose between | help me decide | deciding between
    | how likely | conclude | conclusion follows | implies | hypotheses | bayes | confidence interval | p value
    | standard deviation | optimize | schedule so that | shortest route | shortest path | maximum number
    | as much as | as many as | when do they meet | apart | twice as old | exactly once | is that a good deal
    | good deal | upfront | minimise the | maximise the | minimize the | maximize the | surface of | volume of
    | knight
    """,
    ("reasoning", 1.5): """
    analyse | analyze | evaluate | calculate | justify | argument | strategy | strategic | paradox | weighing*
    | variance | reasoning | contradiction | optimi* | maximi* | minimi* | compare | differentiate | deduce | infer
    | implications | assess | hypothesis | km h | mph | average speed | total amount | moral obligation
    | trolley problem | what would happen if | ethical dilemma | fermi | discount | interest compounded | ratio of
    | is it possible that | which is larger | which is heavier | sum of | product of | analysis | split the | ratio
    | fraction | percentage | interest rate of | km per hour | miles per hour | how long will it take
    | how long would it take | how long does it take for | meet at | shares a | older than | taller than
    | younger than | faster than | remaining | compare cost | capacity | feasib*
    """,
    ("reasoning", 1): "coins | weighs | at least | at most | coin",
    ("reasoning", 0.7): """
    should i | should we | which option | recommend | consistent | if two | prime | risk | risks
    """,
    ("yesno", 1): """
    did | has | have | is there | are there | will | has anyone | is it going to | are they | is he still
    | is she still | does anyone
    """,
    ("perfect", 1): "has | have they | have there been | has anyone | has the",
}
