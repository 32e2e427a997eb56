"""Every bound that a user can meet; what SECURITY.md promises is among them."""

# Files and their values.

MOST_FILE_BYTES = 2_000_000
"""Bytes of a description, of a notation file, or of standard input."""
DEEPEST_VALUES = 20
"""Lists and mappings within one another."""
MOST_VALUES = 200_000
"""Values of a file, each list and mapping counted too."""
MOST_SOLUTION_BYTES = 100_000_000
"""Bytes of a solution in JSON that is compared with another one."""
LONGEST_COMPARED_NUMBER = 400
"""Characters of a number in such a solution."""
MOST_PROBLEMS = 50
"""Problems of a description that are listed; of more, their number is given."""
MOST_FLAWS = 1_000
"""Problems that are looked for; to place each of a hundred thousand would take seconds."""
LONGEST_SEARCHED_TEXT = 100_000
"""Characters of a broken YAML file that is looked through for what is wrong, beyond what the parser says."""

# Numbers and names.

MOST_DIGITS = 50
"""Digits of a number, above and below the bar of a fraction each."""
LARGEST_EXPONENT = 308
"""A decimal exponent of a number, and the magnitude of a constant, up or down."""
MOST_DECIMALS_SHOWN = 12
"""Decimals, or significant digits, that a description can ask to be shown."""
LONGEST_NAME = 40
"""Characters of a name, in expressions or out of a table."""
LONGEST_LETTER = 40
"""Characters of a letter of a notation, as it is written in a notation file."""
LONGEST_WORD = 12
"""Latin letters of a word that stands for a letter of a notation."""

# Networks.

MOST_LAYERS = 50
"""Layers of a network."""
MOST_UNITS = 10_000
"""Units of a layer."""
MOST_WEIGHTS = 100_000
"""Parameters of a network, given or counted."""
MOST_SAMPLES = 10_000
"""Samples of the data, or of a batch."""
MOST_LOSSES = 20
"""Losses that are summed."""
MOST_PIECES = 20
"""Pieces of a maxout unit."""
MOST_PENALTIES = 10
"""Regularizers of a network."""
MOST_MARKS = 2_000
"""Quantities to which a description gives marks."""
MOST_QUESTIONS = 100
"""Questions that a description chooses for its worksheet."""

# Programs.

MOST_PROGRAM_LINES = 2_000
"""Variables of a program, each of which has a line of its own."""

# Computation graphs.

MOST_INPUTS = 50
"""Inputs, or parameters, of a computation graph."""
MOST_GRAPH_NODES = 200
"""Nodes of a computation graph."""
MOST_OPERATIONS = 5_000
"""Names, numbers and operations in all expressions of a computation graph together."""

MOST_SCALARS = 2_000
"""Numbers in all inputs and nodes of a graph of arrays together."""
MOST_ARRAY_ENTRIES = 10_000
"""Numbers in any one array, also in one that is only worked out on the way."""
WIDEST_SOFTMAX = 30
"""Entries of a softmax in a graph that is derived by its own rule; a wider one is derived through its sum."""
MOST_ARRAY_AXES = 5
"""Axes of an array."""
MOST_ARRAY_WORK = 100_000
"""Operands of all scalars of a graph of arrays together, such as the factors of a matrix product."""

# Models that are imported.

MOST_MODEL_BYTES = 20_000_000
"""Bytes of a file of a model."""
MOST_MODEL_NODES = 1_000
"""Nodes of a graph of operators."""
MOST_FOLDED_NUMBERS = 500_000
"""Numbers of all constants that a graph turns or reshapes."""

# Training.

MOST_STEPS = 10_000
"""Training steps that are made."""
MOST_EARLIER_STEPS = 1_000_000
"""Training steps that may have been made before."""
MOST_SHOWN_STEPS = 100
"""Training steps that a description can ask to be worked in full."""
USUALLY_SHOWN_STEPS = 3
"""Training steps that are worked in full if the description says nothing."""
MOST_NEWTON = 6
"""Parameters that Newton's method updates, every second derivative of which is derived."""

# Several outputs, and second derivatives.

MOST_OUTPUTS = 20
"""Outputs of a graph, which are the rows of a Jacobian."""
MOST_SEEDS = 60
"""Passes of the forward mode that a sheet of a network works, one for each seed."""
MOST_SECOND = 12
"""What second derivatives are with respect to: the rows of a Hessian, every entry of which is derived."""
LONGEST_COMPOSED = 2_000
"""Characters of a loss in its leaves alone, of which second derivatives are taken."""

# Expressions, in descriptions and in answers.

MOST_CHARACTERS = 2_000
"""Characters of an expression, or of an answer."""
MOST_LEVELS = 50
"""Levels of an expression."""
MOST_NODES = 500
"""Names, numbers and signs of an expression."""
MOST_SUMMANDS = 100
"""Terms of a sum over an index in an answer."""
MOST_ARGUMENTS = 100
"""Arguments of a function that takes several, such as max."""
LARGEST_POWER = 100
"""A constant exponent, positive or negative."""

# Numbers that are worked out.

LARGEST_EXPONENT_OF_E = 10**15
"""What e may be raised to: beyond it a power has more digits in its exponent than anything on a sheet can mean."""
LARGEST_POWER_BITS = 10**9
"""Bits of the exponent that any other power may have."""
LARGEST_ANGLE_BITS = 1_100
"""Bits before the point of an angle; no number given has more."""
MOST_WORKING_DIGITS = 30_000
"""Digits with which an exercise is worked out, where two precisions do not agree on fewer."""
LONGEST_EXPANDED = 20_000
"""Characters of a derivative in inputs, targets and parameters alone."""
LONGEST_IN_NODES = 2_000
"""Characters of a derivative in ids of nodes alone."""
LONGEST_DEMANDED = 1_000
"""Characters of a derivative up to which a description can demand it in nodes, or in inputs, targets and parameters."""
LONGEST_COMPARED = 400
"""Names in an expression as Maxima compares it, with the lines put in that it rests on."""
MOST_KINKS = 50
"""Kinks that are reported, at the start and in all later steps."""

# Files of answers.

MOST_ANSWER_BYTES = 200_000
"""Bytes of a file of answers."""
MOST_ANSWERS = 2_000
"""Answers of a file."""
MOST_ANSWER_PROBLEMS = 20
"""Problems of a file of answers that are listed."""
LONGEST_STUDENT = 120
"""Characters of a student's name or id, in a roster or wherever else it is said whose a file of answers is."""
MOST_OVERRIDES = 20_000
"""Marks that a file sets by hand."""
LONGEST_UNREAD = 80
"""Characters of an answer that nobody could read, and of the reason, in the lists of a class."""
LONGEST_NOTE = 500
"""Characters of the note why."""

# What an answer may mean.

MOST_MEANINGS = 12
"""Quantities that one name may be; a name that may be more says nothing."""
MOST_READINGS = 48
"""Ways in which one answer is read, its left side and its right side together."""
MOST_KEPT_ANSWERS = 500
"""Answers of which a process keeps what they were read as, for others that are typed alike."""
LONGEST_KEPT_ANSWER = 200
"""Characters of such an answer."""
MOST_KEPT_LAYOUTS = 500
"""Formulas of reports of which a process keeps what they are made of, for other reports that have them too."""
LONGEST_KEPT_LAYOUT = 4_000
"""Characters of such a formula as JSON."""
MOST_SAMPLE_NAMES = 100
"""Samples up to which the names of each are told apart."""
MOST_SAMPLES_IN_SYMBOLS = 8
"""Samples up to which a symbolic answer may speak of each by its number."""
LONGEST_WRITTEN_NAME = 100
"""Characters of a name in an answer, with all of its indices."""
LONGEST_SCRIPT = 24
"""Words that may stand high behind a letter as part of its name."""
MOST_ARRAY_READINGS = 6
"""Ways in which one expression of vectors and matrices is read."""
MOST_ENTRIES = 400
"""Entries of a vector or a matrix in an answer."""
MOST_ARRAY_NODES = 20_000
"""Names, numbers and signs of all entries of an answer in vectors and matrices together."""
MOST_LOSS_WORDS = 8
"""Words that may stand in brackets behind a loss."""
MOST_BOUNDED_LINES = 50_000
"""Lines over all samples up to which it is worked out what rounding on the way can make of a number."""
MOST_LINES_OF_STEPS = 1_000
"""Lines over all samples and steps of a training up to which it is worked out what rounding in all steps can do."""
MOST_LINES_TRAINED = 5_000
"""Lines over all samples and steps of a training up to which it is worked out what one's own numbers lead to."""
MOST_MISTAKES_NAMED = 5
"""Mistakes that are named where each explains an answer."""
MOST_PAIRS_NAMED = 2
"""Pairs of mistakes that are named where it takes two."""

# What marking one submission may take.

MARKING_SECONDS = 10
"""Seconds of the processor, unless --timeout says otherwise."""
LEAST_TIMEOUT = 0.1
"""The fewest seconds that --timeout takes."""
MOST_TIMEOUT = 3_600
"""The most seconds that --timeout takes."""
MARKING_PATIENCE = 10.0
"""How many times as long it may last by the clock."""
MARKING_MEMORY = 1 << 30
"""Bytes of memory beyond what the process starts with."""
MARKING_GROWTH = 3 << 23
"""Bytes that a process may hold more between two submissions; one that has grown by more is replaced."""
MOST_RESULT_BYTES = 4_000_000
"""Bytes of what comes back."""
LONGEST_JOURNAL_LINE = 8_000_000
"""Bytes of a line of the journal of a run."""
READY_SECONDS = 600.0
"""Seconds in which a process has to make itself ready where it cannot be a copy."""
MOST_JOBS = 256
"""Files that can be marked at a time."""

# What a sheet shows.

MOST_WORKED_SAMPLES = 4
"""Samples that are worked line by line; of the others the sheet gives the outcome."""
FIRST_STEPS = 3
"""Training steps of which a sheet says at least what each has made of every parameter."""
MOST_STEP_LINES = 60
"""Lines up to which a training step is worked parameter by parameter, unless the description asks for it."""
MOST_STEP_ROWS = 8
"""Rows of the table of training steps before dots stand for the rest."""
MOST_TABLE_ROWS = 40
"""Rows of a table of parameters, or of rounding errors, before dots stand for the rest."""
MOST_KINK_NOTES = 6
"""Notes on kinks met while training."""
MOST_DRAWN_PARAMETERS = 6
"""Chosen parameters up to which each has a drawing of its own paths."""
MOST_EXPANDED_LINES = 14
"""Lines that an expression written out in full may fill."""
MOST_ASKED_PARAMETERS = 40
"""Parameters of a network that a worksheet asks about in full; of a larger one it takes one unit of each layer."""
MOST_ASKED_INPUTS = 8
"""Inputs of a graph whose paths a worksheet asks to count."""
FEWEST_PLOTTED_STEPS = 6
"""Training steps from which on the loss is plotted."""
MOST_PLOTTED_STEPS = 240
"""Training steps of which a plot has a point; of more, it takes evenly chosen ones."""
MOST_PLOTTED_PARAMETERS = 200
"""Parameters of a network up to which its decision boundary is plotted."""
MOST_PLOTTED_SAMPLES = 200
"""Samples that are marked in a plot of the decision boundary."""
MOST_FOLLOWED_STEPS = 500
"""Training steps of which the numbers on a page to learn with follow those that are changed."""
MOST_PLAYED_STEPS = 1_000
"""Training steps that a page to learn with makes."""
MOST_COMPARED_POINTS = 20
"""Points at which a page to learn with compares an expression."""
MOST_NEW_NUMBERS = 6
"""Sets of other numbers that a page to learn with has."""
MOST_PANELS = 120
"""Quantities whose derivations a page to learn with opens."""
MOST_BARS = 12
"""Mistakes that the chart of a class shows."""
MOST_PLOTTED_QUESTIONS = 24
"""Questions that the chart of a class shows; of more, the hardest."""
FEWEST_FOR_DISCRIMINATION = 5
"""Submissions from which on it is told how well a question tells them apart."""
MOST_LISTED_MISTAKES = 5
"""Mistakes that are listed with a question."""
MOST_UNREAD = 20
"""Lines that nobody could read, which the page of a class lists."""
MOST_LISTED_SUBMISSIONS = 1_000
"""Submissions that the page of a class lists."""
MOST_PRINTED_SUBMISSIONS = 500
"""Submissions up to which a terminal lists each."""

# Templates of one's own.

MOST_TEMPLATES = 100
"""Files of templates of a format."""
MOST_TEMPLATE_BYTES = 1_000_000
"""Bytes of a template."""
TEMPLATE_SECONDS = 10
"""Seconds of the processor in which templates make a document."""
TEMPLATE_MEMORY = 1 << 30
"""Bytes of memory that they may take."""
MOST_TEMPLATE_RESULT = 1 << 27
"""Bytes of the document that they make."""

# Variants.

MOST_SEED = 2**30 - 1
"""The largest seed of variants."""
MOST_DRAWS = 2**20
"""Draws of one seed, and so the students that can have a sheet each."""
MOST_BOUND = 500
"""Sheets in one PDF of many; there are several such PDFs of more."""
MOST_DRAWN_KEYS = 2_000
"""Keys of a description that say what is drawn."""
MOST_CHOICES = 1_000
"""Values to choose from, or to shuffle."""
MOST_ROSTER_BYTES = 20_000_000
"""Bytes of a roster."""
MOST_IN_RANGE = 1_000_000
"""Numbers of a range from which one is drawn."""

MOST_IN_NOTEBOOK = 200
"""Derivatives that a part or a table shows in a notebook; how many more there are is said."""
