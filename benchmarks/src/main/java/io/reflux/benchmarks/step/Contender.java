package io.reflux.benchmarks.step;

/** One of those that take turns at the same work. The owner closes it. */
interface Contender extends AutoCloseable {

    /** Temperature of the distillation loss, for all contenders. */
    double TEMPERATURE = 4;

    /** Learning rate of all contenders: small, so that numbers stay finite whatever the labels. */
    double LEARNING_RATE = 1e-3;

    /** Momentum of all contenders. */
    double MOMENTUM = 0.9;

    /** Its column. */
    String name();

    /**
     * Does the work this many times.
     *
     * @return seconds in all, by this clock
     */
    double run(int steps, Clock clock) throws Exception;

    @Override
    void close();
}
