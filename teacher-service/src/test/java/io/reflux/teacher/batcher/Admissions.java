package io.reflux.teacher.batcher;

/** Students that take all, nothing, or so much. */
final class Admissions {

    static final Admission OPEN = new Admission() {
        @Override
        public int reserve(int count, Samples samples) {
            return count;
        }

        @Override
        public boolean stalled() {
            return false;
        }
    };

    static final Admission CLOSED = new Admission() {
        @Override
        public int reserve(int count, Samples samples) {
            return 0;
        }

        @Override
        public boolean stalled() {
            return true;
        }
    };

    static final Admission FULL = new Admission() {
        @Override
        public int reserve(int count, Samples samples) {
            return 0;
        }

        @Override
        public boolean stalled() {
            return true;
        }

        @Override
        public boolean full() {
            return true;
        }
    };

    private Admissions() {}
}
