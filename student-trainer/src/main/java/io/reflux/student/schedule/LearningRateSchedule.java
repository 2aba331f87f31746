package io.reflux.student.schedule;

/**
 * A learning rate as a pure function of the step.
 *
 * <p>Steps are counted from 0. Every schedule is defined for all steps; past its end it stays at its last value.
 */
public sealed interface LearningRateSchedule {
    /**
     * Returns the rate for a step.
     *
     * @param step number of the step in its stage, at least 0
     */
    double rate(long step);

    /**
     * Always the same rate.
     *
     * @param rate above 0
     */
    record Constant(double rate) implements LearningRateSchedule {
        @Override
        public double rate(long step) {
            return rate;
        }
    }

    /**
     * {@code initial * factor^floor(step / every)}.
     *
     * @param initial rate of step 0
     * @param factor what each decay multiplies by
     * @param every steps between two decays, at least 1
     */
    record Step(double initial, double factor, long every) implements LearningRateSchedule {
        @Override
        public double rate(long step) {
            return initial * Math.pow(factor, (double) Math.floorDiv(step, every));
        }
    }

    /**
     * {@code end + (initial - end) (1 + cos(pi step / steps)) / 2} (Loshchilov and Hutter 2017, arXiv:1608.03983, without
     * restarts).
     *
     * @param initial rate of step 0
     * @param end rate of step {@code steps}
     * @param steps steps of the whole descent, at least 1
     */
    record Cosine(double initial, double end, long steps) implements LearningRateSchedule {
        @Override
        public double rate(long step) {
            double progress = Math.min(1.0, (double) step / steps);
            return end + (initial - end) * 0.5 * (1 + Math.cos(Math.PI * progress));
        }
    }

    /**
     * {@code initial + (end - initial) step / steps}.
     *
     * @param initial rate of step 0
     * @param end rate of step {@code steps}
     * @param steps steps of the whole descent, at least 1
     */
    record Linear(double initial, double end, long steps) implements LearningRateSchedule {
        @Override
        public double rate(long step) {
            return initial + (end - initial) * Math.min(1.0, (double) step / steps);
        }
    }

    /**
     * {@code initial (end / initial)^(step / steps)}: the same factor at each step.
     *
     * @param initial rate of step 0
     * @param end rate of step {@code steps}, above 0
     * @param steps steps of the whole descent, at least 1
     */
    record Exponential(double initial, double end, long steps) implements LearningRateSchedule {
        @Override
        public double rate(long step) {
            return initial * Math.pow(end / initial, Math.min(1.0, (double) step / steps));
        }
    }

    /**
     * Rises to a peak and falls again, each by half a cosine (Smith and Topin 2018, arXiv:1708.07120, with cosines in place
     * of their lines).
     *
     * @param start rate of step 0
     * @param peak rate of step {@code rise}
     * @param end rate of step {@code steps}
     * @param rise steps until the peak, at least 1
     * @param steps steps of the whole cycle, above {@code rise}
     */
    record OneCycle(double start, double peak, double end, long rise, long steps) implements LearningRateSchedule {
        @Override
        public double rate(long step) {
            return step < rise
                    ? new Cosine(start, peak, rise).rate(step)
                    : new Cosine(peak, end, steps - rise).rate(step - rise);
        }
    }

    /**
     * Rises as {@code (step + 1) / warmupSteps} of the next schedule's first rate, then follows that schedule.
     *
     * @param warmupSteps steps of the rise, at least 1
     * @param next what follows, counted from its own step 0
     */
    record WarmUp(long warmupSteps, LearningRateSchedule next) implements LearningRateSchedule {
        @Override
        public double rate(long step) {
            return step < warmupSteps
                    ? next.rate(0) * (double) (step + 1) / warmupSteps
                    : next.rate(step - warmupSteps);
        }
    }
}
