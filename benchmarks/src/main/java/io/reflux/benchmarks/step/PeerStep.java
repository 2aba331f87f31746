package io.reflux.benchmarks.step;

import java.io.IOException;

/** PyTorch in a process of its own. */
final class PeerStep implements Contender {

    private final String name;
    private final PeerProcess process;

    /**
     * Makes a process ready for a workload; the process stays the caller's to close.
     *
     * @param mode {@code eager} or {@code compile}
     * @param parameters how many numbers must train
     * @throws IOException if the process fails, or has another network
     */
    PeerStep(PeerProcess process, Workload workload, String mode, long parameters) throws IOException {
        this.name = "PyTorch " + mode;
        this.process = process;
        long own = process.prepare(workload, mode);
        if (own != parameters) {
            throw new IOException(workload.network().key() + ": " + own + " parameters in PyTorch (expected: "
                    + parameters + ", as in the zoo)");
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double run(int steps, Clock clock) throws IOException {
        return process.run(steps, clock);
    }

    @Override
    public void close() {}
}
