"""Cues in English: what a message wants done. What it is about is in `english_subjects`."""

from providers.dispatch.intents.lexicon import Table

ENGLISH: Table = {
    ("make", 1): """
    write | compose | create | make up | make me | invent | tell me a | tell me an | tell a | tell us a | give me
    | come up with | craft | draft | generate | i need | i want | i d like | pen | rewrite | continue | finish
    | imagine | help me write | do me | can i have | improvise | build | implement | develop | code me | make a
    | make an | prepare | design | retell | please write | could you write | can you write | can you make
    | help me come up | turn | turn it into | turn this into | put together | think of | think up | dream up
    | suggest | rhyme | sing | perform | spin | make it into | i d love | give us | write me
    """,
    ("verse", 2): """
    poem | poems | haiku | haikus | sonnet | limerick | verse | verses | ballad | ode | story | stories | tale
    | fairy tale | fable | novel | novella | scene | screenplay | lyrics | song | rap | joke | jokes | pun | puns
    | slogan | slogans | tagline | taglines | jingle | motto | monologue | dialogue | speech | toast | eulogy
    | name ideas | names for | backstory | villain | satire | satirical | parody | fan fiction | fanfic
    | fantasy world | rhyme | rhymes | acrostic | love letter | diary entry | film script | movie script | sketch
    | legend | myth | riddle | superhero | origin story | cliffhanger | protagonist | villanelle | lullaby
    | nursery rhyme | stand up routine | roast | prank | pickup line | pick up line | fiction
    | descriptive paragraph | metaphor | metaphors | similes | campfire tale | comedy | stand up | team names
    | band names | band name | pet names | usernames | username | nicknames | nickname | title for my novel
    | plot twist | ghost story | love poem | birthday poem | wedding vows | vows | anthem | hymn | chant | dad joke
    | dad jokes | comic | comic strip | quote | epigraph | fanfiction | dystopia | utopia | spell names | dialog
    | mystery | first chapter | chapter one | something romantic | whodunit | thriller | opening paragraph | romance
    | vampire | sci fi | prologue | epilogue | trailer for a | love song | silly song | wedding toast
    | best man speech | farewell speech | birthday card | anniversary card | greeting card | fantasy | tavern
    | band bio | radio play | musical | comedy sketch | bedtime | name for | breakup text | text adventure
    | happens next | next scene | heroine | my novel | my story | excuse | tongue twister | funeral poem | lullabies
    | interactive fiction | dungeon master | campaign setting | story idea | story ideas | writing prompt
    | writing prompts | plot for | logline | short play | catchy name | opening line | stage play | one act play
    | nonsense verse | poetic | skit | humorous | fantasy novel | children s book | picture book | sitcom
    | episode of | diary say | diary entry of
    """,
    ("verse", 1.5): "character | characters",
    ("creative", 2.5): """
    in rhyme | bedtime story | fairy tale | make up a | once upon a time | point of view of | in the style of
    | short story | creative writing | write a song | brainstorm names | word play | role play | roleplay
    | pretend to be | pretend you are | pretend you re | imagine you are | imagine you re | imagine yourself
    | if you were a | if you were an | if you were the | in the voice of | stay in character | write a scene
    | describe your emotions | as a superhero | as a pirate | as a medieval | soliloquy | opening line
    | opening paragraph | first paragraph of | creative language | descriptive paragraph | word game
    """,
    ("creative", 2): """
    pretend | play the role | act as a character | as if you were | would tweet | tweet about | in the words of
    | as told by | from the perspective of | in the voice | imaginary | fictional | make believe | text adventure
    | let s play a | you are the narrator | dungeon master | i m stuck on my novel | what happens next
    | in the style | invent | something funny | roast | soldier in
    """,
    ("artefact", 1.5): """
    generator | app | application | website | database | api | parser | class | function | table | schema | dataset
    | column | field | bot | script | program | query | queries | unit test | unit tests | test | tests | component
    | page | endpoint | widget | module | plugin | macro | formula | library | cli | limiter | crawler | scraper
    | regex | algorithm
    """,
    ("handle", 3): """
    summari* | translate | proofread | rephrase | paraphrase | reword | extract | shorten | correct the grammar
    | tl dr | fix the grammar | rewrite this | polish this | edit this | condense | key points | bullet points
    | tone of | simplify | edit the following | the following paragraph | the following text | the following passage
    | the following article | following sentence | read the following | classify the following | the text below
    | the passage | the article below | tidy up | clean up this | check my grammar | grammar check
    | improve this text | make this sound | sound more | make it shorter | make this shorter | more formal
    | more polite | in plain english | rewrite the following | turn these notes | correct this | fix this sentence
    | this sentence | this paragraph
    """,
    ("letter", 2): """
    email | e mail | mail | letter | cover letter | cv | resume | advert | job ad | report | memo | essay | article
    | blog post | post | agenda | list | packing list | checklist | plan | itinerary | recipe | presentation
    | outline | press release | invitation | reply | statement | application letter | review of | schedule
    | video script | podcast script | script for a | review | product description | blog entry
    | letter of recommendation | speech outline | caption | tweet | tweets | linkedin post | headline
    | headlines for | paragraph summary | proposal | contract | meal plan | workout plan | study plan | lesson plan
    | business plan | budget | eulogy outline | thank you note | apology | complaint | request for
    | reference letter | bio | biography | profile | instructions | guide | tutorial | summary | minutes
    """,
    ("work", 1): """
    explain | describe | overview | tell me about | tell me more | how do i | how can i | how can we | how to
    | how should | what should i | help me | help with | advice | tips | plan | suggest* | recommend* | ideas
    | discuss | essay | difference between | history of | causes of | why did | give me | outline | how does
    | how do | how did | don t know | themes | themes in | compare | feedback | teach me | guide | good way
    | best way | summar* | prepare | workout | what s a good | ways to | ways of | strategies for | strategies to
    | factors | differences | challenges | implications of | implications for | applications | effects of
    | impact of | impacts | benefits | methods | principles | role of | approaches | techniques | what if | why do
    | why does | why might | why would | why is it | how can | how could | how would | how might | most effective
    | improve | basics | consider | main causes | consequences | process of | importance of | characteristics of
    | features of | is it better | is it more important | moral | ethical | example of | examples of | structure a
    | use an appropriate | symptoms | should we | explain like | how do you | learn to | learn how | best way to
    | any ideas | any tips | how can you | struggling | struggle | what were | what caused | causes | convince
    | deal with | cope | should i tell | how do we | help | want to learn | walk me through | thoughts on | opinion
    | what do you think | is it normal | is it ok to | is it okay to | keeps | break up | in detail | in depth
    | comparison | history | meaning of life | philosophy | how should i | how do people | what do people
    | people mean by | mean by | what can we | what can i | won t | steps to | the steps | what helps | store | keep
    | prevent | advantages of | disadvantages of | benefits of | bring to | what are my options | calm me
    | conversation starters | starters | options | happens in the body | what happens when | what happens in
    | hobbies | what are some | what are good | agree on | affect | affects | get rid of | get my | takes
    | how interest rates
    """,
    ("small", 3): """
    how do you say | how do you spell | stand for | stands for | synonym for | synonyms for | opposite of
    | plural of | what does □ mean | what s the capital | what is the capital | capital of | good morning
    | good evening | good night | how are you | thank you | thanks | how many days | how many ounces | boiling point
    | spelled | spelling of | translate | in spanish | in french | in german | in italian | in japanese | in english
    | how tall is | how big is | how far is | how heavy is | how deep is | what language | what color | what colour
    | which planet | which country | who discovered | who invented | what year did | in what year did | that helped
    | makes sense | never mind | got it | you re welcome | nice to meet | see you | have a nice | french word for
    | spanish word for | german word for | word for | times | first man on | berlin wall | how many continents
    | plus | minus | divided by | past tense of | chemical symbol | sqrt of | square root of | largest ocean
    | largest planet | is it spelled | who directed | how many grams | older than paris | what day comes
    | comes after
    """,
    ("small", 2): """
    hello | hi | hey | define | convert | ok | okay | bye | who wrote | who painted | cheers | what s your name
    | who are you | nice | sure | sounds good | what time is it | spell | synonym | antonym | thx | ty | lol | cool
    | great | perfect | awesome | ping | legs | how many legs | how old do you have | yes please | no thanks
    | no thank you | yep | nope
    """,
    ("not", 1): """
    don t write | don t use | don t search | don t make | don t give | don t include | don t want | don t need
    | do not write | do not use | do not search | do not give | without | not a | not an | instead of | rather than
    | no code | no poem | no poems | no story | no rhymes | no web | no search | no searching | no internet
    | no scripts
    """,
    ("ask", 1): """
    what | which | who | whose | when | where | why | how | is | are | was | were | does | do | did | explain
    | describe | find | summari* | has | have | any | should | compare | analy* | whats | who s | what s | where s
    | when s | will | can | could | anyone | is there | are there | show me | tell me the
    """,
    ("fact", 1): """
    who is | who was | who wrote | who painted | who were | who discovered | who directed | who sang | who
    | when did | when was | when is | what is | what s | what was | what are | where is | where was | where are
    | how many | how tall | how big | how far | how old | how deep | how heavy | how long is | is a | is an | is the
    | are | does a | do | which | what year | what does | what do you call | what colour | what color | name the
    | whose | is | does
    """,
    ("self", 1): "i | my | me | i m | we | our | us | you",
    ("quantity", 1): """
    how many | how much | how long | how old | how far | how fast | when does | when will | who is | which
    """,
    ("number", 1): """
    two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | twenty | thirty | forty | fifty
    | hundred | thousand | dozen | half | twice | third | quarter | percent | each
    """,
    ("either", 1): "or",
    ("choice", 1): "should | better | which is | which one | would you | worth | wiser | smarter",
    ("names", 1): """
    the word | the term | the phrase | the expression | the function | the method | the command
    | the variable | the tag | the column | the field | word | words | the verb | the noun | the flag | the option
    | the class | called | named
    """,
}
