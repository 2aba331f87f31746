package io.reflux.teacher.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reflux.proto.credentials.TlsFiles;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ClientTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong clock = new AtomicLong();

    private Client client(int streams, long bytes, int rate) {
        return new Client("one", new ClientLimits(streams, bytes, rate), new Refusals(registry), clock::get);
    }

    private double refused(Limit limit) {
        return registry.get("reflux.teacher.refusals")
                .tag("limit", limit.label())
                .counter()
                .count();
    }

    @Test
    void calls_aboveTheLimit_areRefused_untilOneEnds() {
        Client client = client(2, 1, 100);
        assertThat(client.beginCall()).isNull();
        assertThat(client.beginCall()).isNull();
        assertThat(client.beginCall()).isEqualTo("streams of this client: 3 (expected: at most 2, the limit)");
        assertThat(refused(Limit.STREAMS)).isEqualTo(1);
        client.endCall();
        assertThat(client.beginCall()).isNull();
    }

    @Test
    void bytes_aboveTheLimit_areRefused_untilABatchEnds() {
        Client client = client(1, 100, 100);
        assertThat(client.beginBatch(60)).isNull();
        assertThat(client.beginBatch(41))
                .isEqualTo("bytes in flight of this client: 101 (expected: at most 100, the limit)");
        assertThat(client.beginBatch(40)).isNull();
        assertThat(refused(Limit.BYTES)).isEqualTo(1);
        client.endBatch(60);
        client.endBatch(40);
        assertThat(client.bytes()).isZero();
    }

    @Test
    void requests_aboveTheRate_areRefused_andAllowedAgainInTime() {
        Client client = client(100, 1000, 10);
        for (int i = 0; i < 10; i++) {
            assertThat(client.beginBatch(1)).isNull();
        }
        assertThat(client.beginCall())
                .isEqualTo("requests of this client: above 10 a second, the limit; send again later");
        assertThat(refused(Limit.RATE)).isEqualTo(1);
        // A tenth of a second allows one more, however long it was quiet before.
        clock.addAndGet(100_000_000);
        assertThat(client.beginCall()).isNull();
        assertThat(client.beginCall()).isNotNull();
        assertThat(client.idle()).isFalse();
    }

    @Test
    void limits_belowOne_areRefused() {
        assertThatThrownBy(() -> new ClientLimits(0, 1, 1)).hasMessage("maxStreams: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new ClientLimits(1, 0, 1)).hasMessage("maxInFlightBytes: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new ClientLimits(1, 1, 0)).hasMessage("maxRequestsPerSecond: 0 (expected: >= 1)");
    }

    @Test
    void reflection_withTls_isOffUnlessAskedFor() {
        AccessConfig tls = AccessConfig.OPEN.withTls(new TlsFiles(Path.of("cert.pem"), Path.of("key.pem"), null));
        assertThat(AccessConfig.OPEN.listsServices()).isTrue();
        assertThat(tls.listsServices()).isFalse();
        assertThat(tls.withReflection(true).listsServices()).isTrue();
        assertThat(AccessConfig.OPEN.withReflection(false).listsServices()).isFalse();
    }
}
