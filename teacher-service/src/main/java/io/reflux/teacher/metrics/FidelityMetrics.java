package io.reflux.teacher.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.reflux.proto.v1.Compression;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.teacher.fidelity.FidelityListener;
import io.reflux.teacher.fidelity.RowFidelity;
import java.util.Locale;

/** The meters of what encodings cost and lose, for each that was asked for. Thread-safe. */
public final class FidelityMetrics implements FidelityListener {

    private static final String PREFIX = "ENCODING_KIND_";

    private final MeterRegistry registry;

    /** Registers a meter when its encoding is first measured. */
    public FidelityMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void measured(Encoding encoding, RowFidelity fidelity, double rowBytes) {
        // What was not drawn has probability 0, so that the divergence is infinite whatever the labels are worth.
        if (encoding.getKind() != EncodingKind.ENCODING_KIND_RANDOM_SAMPLING) {
            summary(encoding, "reflux.teacher.encoding.kl", "nats", "KL(model's labels || decoded labels)")
                    .record(fidelity.divergence());
        }
        summary(encoding, "reflux.teacher.encoding.angle", "degrees", "Angle between the gradients that both give")
                .record(fidelity.degrees());
        summary(encoding, "reflux.teacher.encoding.row", "bytes", "Size of an encoded row of labels")
                .record(rowBytes);
    }

    private DistributionSummary summary(Encoding encoding, String name, String unit, String description) {
        return DistributionSummary.builder(name)
                .description(description + ", of the rows that were measured")
                .baseUnit(unit)
                .tag(
                        "encoding",
                        encoding.getKind().name().substring(PREFIX.length()).toLowerCase(Locale.ROOT))
                .tag("compression", encoding.getCompression() == Compression.COMPRESSION_ZSTD ? "zstd" : "none")
                .register(registry);
    }
}
