package io.reflux.data.view;

/** A move by whole pixels: {@code target[y][x] = source[y - down][x - right]}, zero where the source ends. */
record Shift(int down, int right) {

    static final Shift NONE = new Shift(0, 0);

    boolean isNone() {
        return down == 0 && right == 0;
    }
}
