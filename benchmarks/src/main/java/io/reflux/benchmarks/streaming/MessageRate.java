package io.reflux.benchmarks.streaming;

import io.reflux.benchmarks.measure.Quantiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Label messages a second on the loopback, Reflux's transport against grpc-java: {@code MessageRate [ROUNDS]}.
 *
 * <p>Both stacks in one process, one stream at a time, in turns; the order changes from round to round. The ratio of a round is
 * that of the two turns in it; the table has the medians.
 */
public final class MessageRate {

    private static final int[] PAYLOADS = {1 << 10, 4 << 10, 64 << 10, 128 << 10};
    private static final long BYTES_A_TURN = 96L << 20;
    private static final int MOST_MESSAGES = 20_000;
    private static final int WARM_UP_ROUNDS = 3;

    private MessageRate() {}

    /** Runs the rounds and prints the table. */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 9;
        System.out.println(
                "| payload | Reflux, messages/s | MB/s | grpc-java, messages/s | MB/s | Reflux / grpc-java | spread |");
        System.out.println("|---|---|---|---|---|---|---|");
        try (MessageStream reflux = new RefluxStream();
                MessageStream peer = new GrpcJavaStream()) {
            for (int payload : PAYLOADS) {
                compare(reflux, peer, payload, rounds);
            }
        }
        System.exit(0);
    }

    private static void compare(MessageStream reflux, MessageStream peer, int payload, int rounds) throws Exception {
        int messages = (int) Math.min(MOST_MESSAGES, BYTES_A_TURN / payload);
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            boolean first = round % 2 == 0;
            double peerFirst = first ? 0 : rate(peer, payload, messages);
            double ourRate = rate(reflux, payload, messages);
            double theirRate = first ? rate(peer, payload, messages) : peerFirst;
            if (round >= 0) {
                ours.add(ourRate);
                theirs.add(theirRate);
                ratios.add(ourRate / theirRate);
            }
        }
        double our = new Quantiles(ours).median();
        double their = new Quantiles(theirs).median();
        Quantiles ratio = new Quantiles(ratios);
        System.out.printf(
                Locale.ROOT,
                "| %d KB | %.0f | %.0f | %.0f | %.0f | **%.2f** | %.2f to %.2f |%n",
                payload >> 10,
                our,
                our * payload / 1e6,
                their,
                their * payload / 1e6,
                ratio.median(),
                ratio.at(0),
                ratio.at(1));
    }

    private static double rate(MessageStream stack, int payload, int messages) throws Exception {
        return messages / (stack.stream(payload, messages) / 1e9);
    }
}
