package io.reflux.data.glyph;

/**
 * How people write the ten digits: each in several forms, in the unit square with y down. The numbers are drawn by eye
 * from common school hands (continental and American).
 */
final class DigitForms {

    private DigitForms() {}

    static void sketch(int digit, Hand hand, Sketch sketch) {
        switch (digit) {
            case 0 -> zero(hand, sketch);
            case 1 -> one(hand, sketch);
            case 2 -> two(hand, sketch);
            case 3 -> three(hand, sketch);
            case 4 -> four(hand, sketch);
            case 5 -> five(hand, sketch);
            case 6 -> six(hand, sketch);
            case 7 -> seven(hand, sketch);
            case 8 -> eight(hand, sketch);
            case 9 -> nine(hand, sketch);
            default -> throw new IllegalArgumentException("digit: %d (expected: 0 to 9)".formatted(digit));
        }
    }

    private static void zero(Hand hand, Sketch sketch) {
        double half = hand.between(0.2, 0.42);
        double open = hand.around(0, 0.05);
        double shoulder = 0.72 * half;
        sketch.start(0.5 + open, 0.01)
                .curve(0.5 - shoulder, 0.14)
                .curve(0.5 - half, 0.5)
                .curve(0.5 - shoulder, 0.86)
                .curve(0.5, 1)
                .curve(0.5 + shoulder, 0.86)
                .curve(0.5 + half, 0.5)
                .curve(0.5 + shoulder, 0.15)
                .curve(hand.around(0.48, 0.08), hand.around(0.02, 0.05));
    }

    private static void one(Hand hand, Sketch sketch) {
        boolean flag = hand.chance(0.35);
        double bow = hand.around(0, 0.025);
        if (flag) {
            sketch.start(hand.around(0.32, 0.06), hand.around(0.24, 0.06))
                    .corner(0.53, 0)
                    .curve(0.53 + bow, 0.5)
                    .curve(0.53, 1);
        } else {
            sketch.start(0.5, 0).curve(0.5 + bow, 0.5).curve(0.5, 1);
        }
        if (hand.chance(flag ? 0.4 : 0.04)) {
            sketch.start(hand.around(0.29, 0.05), 1).curve(0.52, 1).curve(hand.around(0.77, 0.06), 0.99);
        }
    }

    private static void two(Hand hand, Sketch sketch) {
        sketch.start(hand.around(0.22, 0.04), hand.around(0.22, 0.06))
                .curve(0.33, 0.06)
                .curve(0.55, 0)
                .curve(0.75, hand.around(0.16, 0.03))
                .curve(0.7, hand.around(0.4, 0.03))
                .curve(0.48, 0.7);
        double right = hand.around(0.84, 0.07);
        switch (hand.pick(0.5, 0.35, 0.15)) {
            case 0 ->
                sketch.corner(hand.around(0.2, 0.04), 0.96)
                        .curve(0.5, hand.around(0.95, 0.02))
                        .curve(right, hand.around(0.97, 0.04));
            case 1 ->
                sketch.curve(0.28, 0.95)
                        .curve(0.15, 0.96)
                        .curve(0.15, hand.around(0.83, 0.03))
                        .curve(0.31, 0.81)
                        .curve(0.55, 0.95)
                        .curve(0.72, 1)
                        .curve(right, hand.around(0.92, 0.04));
            default ->
                sketch.curve(0.26, 0.92)
                        .curve(0.24, 0.98)
                        .curve(0.45, 0.94)
                        .curve(0.65, 0.98)
                        .curve(right, 0.96);
        }
    }

    private static void three(Hand hand, Sketch sketch) {
        double waist = hand.around(0.45, 0.04);
        double depth = hand.around(0.43, 0.07);
        if (hand.chance(0.15)) {
            sketch.start(0.22, 0.05).curve(0.5, 0.03).corner(0.74, 0.03).corner(depth, waist - 0.05);
        } else {
            sketch.start(hand.around(0.24, 0.04), hand.around(0.15, 0.05))
                    .curve(0.45, 0.01)
                    .curve(hand.around(0.7, 0.03), 0.1)
                    .curve(0.67, 0.31);
            if (hand.chance(0.25)) {
                sketch.curve(0.5, waist).curve(depth - 0.03, waist + 0.02).curve(0.5, waist + 0.05);
            } else {
                sketch.corner(depth, waist);
            }
        }
        sketch.curve(0.68, 0.54)
                .curve(hand.around(0.79, 0.04), 0.73)
                .curve(0.67, 0.94)
                .curve(0.43, 1)
                .curve(hand.around(0.19, 0.05), hand.around(0.88, 0.05));
    }

    private static void four(Hand hand, Sketch sketch) {
        double bar = hand.around(0.57, 0.05);
        double right = hand.around(0.86, 0.06);
        double stem = hand.around(0.68, 0.03);
        switch (hand.pick(0.35, 0.35, 0.3)) {
            case 0 -> {
                sketch.start(hand.around(0.3, 0.05), 0.04)
                        .curve(0.24, 0.3)
                        .corner(0.18, bar)
                        .curve(0.5, bar)
                        .curve(right, bar - 0.02);
                sketch.start(stem, hand.around(0.08, 0.07))
                        .curve(stem - 0.02, 0.5)
                        .curve(stem - 0.04, 1);
            }
            case 1 -> {
                sketch.start(hand.around(0.27, 0.04), 0.05)
                        .curve(0.22, 0.3)
                        .curve(0.28, bar - 0.06)
                        .curve(0.48, bar - 0.04)
                        .curve(stem, bar - 0.14);
                sketch.start(stem + 0.04, hand.around(0.03, 0.05))
                        .curve(stem + 0.02, 0.5)
                        .curve(stem, 1);
            }
            default -> {
                double top = hand.around(0.62, 0.03);
                bar += 0.08;
                sketch.start(top, 0.01)
                        .curve(0.4, 0.33)
                        .corner(0.14, bar)
                        .curve(0.5, bar)
                        .curve(right, bar);
                sketch.start(top, hand.around(0.03, 0.04))
                        .curve(top - 0.01, 0.5)
                        .curve(top - 0.02, 1);
            }
        }
    }

    private static void five(Hand hand, Sketch sketch) {
        double right = hand.around(0.8, 0.06);
        double neck = hand.around(0.4, 0.03);
        switch (hand.pick(0.45, 0.3, 0.25)) {
            case 0 -> {
                sketch.start(right, hand.around(0.02, 0.03)).curve(0.55, 0.03);
                sketch.corner(hand.around(0.33, 0.03), 0.04).corner(hand.around(0.28, 0.03), neck);
            }
            case 1 -> {
                sketch.start(hand.around(0.32, 0.03), 0.05).curve(0.42, 0.03).curve(right, hand.around(0.02, 0.04));
                sketch.start(0.32, hand.around(0.05, 0.03)).corner(hand.around(0.27, 0.03), neck);
            }
            default -> {
                sketch.start(right - 0.03, 0.03).curve(0.47, 0.05).curve(0.31, 0.2);
                sketch.curve(0.36, neck);
            }
        }
        bowlOfFive(hand, sketch);
    }

    private static void bowlOfFive(Hand hand, Sketch sketch) {
        sketch.curve(0.53, 0.41)
                .curve(0.72, 0.53)
                .curve(hand.around(0.76, 0.04), 0.71)
                .curve(0.63, 0.94)
                .curve(0.4, 1)
                .curve(hand.around(0.18, 0.05), hand.around(0.9, 0.05));
    }

    private static void six(Hand hand, Sketch sketch) {
        double top = hand.around(0.64, 0.08);
        double brow = hand.around(0.57, 0.05);
        double belly = hand.around(0.74, 0.05);
        sketch.start(top, 0.01)
                .curve(hand.around(0.43, 0.05), 0.2)
                .curve(0.27, 0.48)
                .curve(0.23, 0.76)
                .curve(0.38, 0.97)
                .curve(0.6, 0.97)
                .curve(belly, 0.78)
                .curve(0.62, brow + 0.03)
                .curve(0.42, brow + 0.03)
                .curve(hand.around(0.26, 0.04), hand.around(0.76, 0.05));
    }

    private static void seven(Hand hand, Sketch sketch) {
        double foot = hand.around(0.43, 0.07);
        double knee = hand.around(0.6, 0.04);
        if (hand.chance(0.25)) {
            sketch.start(hand.around(0.19, 0.03), hand.around(0.2, 0.04)).corner(0.22, 0.06);
        } else {
            sketch.start(hand.around(0.19, 0.04), hand.around(0.07, 0.04));
        }
        if (hand.chance(0.25)) {
            sketch.curve(0.45, 0.04).curve(0.7, 0.05).curve(0.75, 0.17);
        } else {
            sketch.curve(0.5, hand.around(0.05, 0.02)).corner(hand.around(0.8, 0.03), 0.03);
        }
        sketch.curve(knee, 0.48).curve(foot, 1);
        if (hand.chance(0.35)) {
            double bar = hand.around(0.5, 0.04);
            sketch.start(hand.around(0.35, 0.05), bar).curve(0.55, bar).curve(hand.around(0.77, 0.05), bar - 0.02);
        }
    }

    private static void eight(Hand hand, Sketch sketch) {
        double waist = hand.around(0.47, 0.04);
        double upper = hand.around(0.23, 0.035);
        double lower = hand.around(0.29, 0.035);
        if (hand.chance(0.7)) {
            sketch.start(0.5 + upper, hand.around(0.14, 0.03))
                    .curve(0.5, 0)
                    .curve(0.5 - upper, 0.15)
                    .curve(0.38, 0.36)
                    .curve(0.6, 0.57)
                    .curve(0.5 + lower, 0.78)
                    .curve(0.5, 1)
                    .curve(0.5 - lower, 0.79)
                    .curve(0.38, 0.57)
                    .curve(0.58, 0.38)
                    .curve(0.5 + upper, hand.around(0.16, 0.04))
                    .curve(hand.around(0.58, 0.05), hand.around(0.04, 0.03));
        } else {
            sketch.start(0.5, waist)
                    .curve(0.5 - upper, waist / 2)
                    .curve(0.5, 0)
                    .curve(0.5 + upper, waist / 2)
                    .curve(0.5, waist)
                    .curve(0.5 - lower, (1 + waist) / 2)
                    .curve(0.5, 1)
                    .curve(0.5 + lower, (1 + waist) / 2)
                    .curve(0.5, waist + hand.around(0.02, 0.02));
        }
    }

    private static void nine(Hand hand, Sketch sketch) {
        double right = hand.around(0.73, 0.03);
        double chin = hand.around(0.46, 0.04);
        sketch.start(right, hand.around(0.16, 0.05))
                .curve(0.54, 0.01)
                .curve(0.31, 0.1)
                .curve(hand.around(0.23, 0.03), 0.29)
                .curve(0.38, chin)
                .curve(0.58, chin - 0.06);
        switch (hand.pick(0.45, 0.3, 0.25)) {
            case 0 -> sketch.corner(right + 0.01, 0.1).curve(right - 0.02, 0.5).curve(hand.around(0.66, 0.06), 1);
            case 1 ->
                sketch.corner(right + 0.02, 0.12)
                        .curve(right, 0.5)
                        .curve(0.65, 0.86)
                        .curve(0.48, 1)
                        .curve(hand.around(0.27, 0.05), hand.around(0.92, 0.04));
            default ->
                sketch.curve(right, 0.18).curve(right, 0.5).curve(0.66, 0.8).curve(hand.around(0.58, 0.07), 1);
        }
    }
}
