package io.reflux.teacher.batcher;

/** Jobs whose samples are one element and one byte each. */
final class Jobs {

    private Jobs() {}

    /** A job that nobody hears of. */
    static Job silent(int count) {
        return new Job(constant(1, count), new SliceListener() {
            @Override
            public void computed(Slice slice, Computed computed) {}

            @Override
            public void failed(Slice slice, Failure failure, String message) {}
        });
    }

    /** Samples that are all {@code value}; negative ones cannot be rendered. */
    static Samples constant(float value, int count) {
        return new Samples() {
            @Override
            public int count() {
                return count;
            }

            @Override
            public long heldBytes() {
                return count;
            }

            @Override
            public long seed(int sample) {
                return sample;
            }

            @Override
            public void render(int first, int number, InputBuffer target, int offset) {
                if (value < 0) {
                    throw new IllegalArgumentException("negative");
                }
                java.util.Arrays.fill(target.numbers(), offset, offset + number, value);
            }
        };
    }
}
