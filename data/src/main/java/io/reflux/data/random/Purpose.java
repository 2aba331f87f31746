package io.reflux.data.random;

/** What random numbers are for. Each purpose has its own numbers under one seed; the tags are part of the contract. */
public enum Purpose {
    /** By how much a view is shifted. */
    SHIFT(1),
    /** The order of an epoch. */
    SHUFFLE(2),
    /** The seed that an epoch's augmentation seeds are drawn from. */
    EPOCH_SEED(3),
    /** The augmentation seeds of an epoch. */
    AUGMENTATION_SEED(4),
    /** Which samples are held out. */
    SPLIT(5),
    /** The label of a drawn glyph. */
    GLYPH_LABEL(6),
    /** The hand that draws a glyph. */
    GLYPH_HAND(7),
    /** The seed of the glyphs that are tested on. */
    GLYPH_TEST_SEED(8),
    /** Whether a view is mirrored. */
    FLIP(9),
    /** Which view of a bank a sample begins with. */
    BANK_START(10);

    private final int tag;

    Purpose(int tag) {
        this.tag = tag;
    }

    /** Second word of the Philox counter. */
    public int tag() {
        return tag;
    }
}
