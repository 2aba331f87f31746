package io.reflux.student.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.student.source.SoftLabels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerTest {
    private static final String ONE = "1a".repeat(32);
    private static final String TWO = "2b".repeat(32);

    @TempDir
    private Path folder;

    private static SoftLabels labels(String model, float... logits) {
        return new SoftLabels(0, 1, logits.length, logits, model);
    }

    private static Ledger twoStages() {
        Ledger ledger = new Ledger();
        for (int i = 0; i < 600; i++) {
            ledger.applied(0, i, labels(i < 400 ? ONE : TWO, i, -i));
        }
        for (int i = 0; i < 3; i++) {
            ledger.applied(1, i, null);
        }
        return ledger;
    }

    @Test
    void summary_eachBatchOnce_saysSoAndWhoLabelledHowMany() {
        LedgerSummary summary = twoStages().summary();

        assertThat(summary.batches()).isEqualTo(603);
        assertThat(summary.exactlyOnce()).isTrue();
        assertThat(summary.models())
                .containsExactly(new LedgerSummary.ModelShare(ONE, 400), new LedgerSummary.ModelShare(TWO, 200));
    }

    @Test
    void summary_batchTwice_isSeen() {
        Ledger ledger = twoStages();
        ledger.applied(0, 17, labels(ONE, 1, 2));

        assertThat(ledger.summary().exactlyOnce()).isFalse();
    }

    @Test
    void summary_batchLeftOut_isSeen() {
        Ledger ledger = twoStages();
        ledger.applied(1, 4, null);

        assertThat(ledger.summary().exactlyOnce()).isFalse();
    }

    @Test
    void decode_whatWasEncodedInMidRun_goesOnToTheSame() {
        Ledger broken = new Ledger();
        for (int i = 0; i < 450; i++) {
            broken.applied(0, i, labels(i < 400 ? ONE : TWO, i, -i));
        }
        Ledger resumed = Ledger.decode(broken.encode());
        for (int i = 450; i < 600; i++) {
            resumed.applied(0, i, labels(TWO, i, -i));
        }
        for (int i = 0; i < 3; i++) {
            resumed.applied(1, i, null);
        }

        assertThat(resumed.encode()).isEqualTo(twoStages().encode());
    }

    @Test
    void rollingHash_oneBitOfOneLabel_isAnother() {
        Ledger one = new Ledger();
        one.applied(0, 0, labels(ONE, 0.0f));
        Ledger other = new Ledger();
        other.applied(0, 0, labels(ONE, -0.0f));

        assertThat(one.summary().rollingHash()).isNotEqualTo(other.summary().rollingHash());
    }

    /** The hash written down anew: SHA-256 of all numbers at once, and of the parts of the chain. */
    @Test
    void rollingHash_ofTwoBatches_isTheOneSpecified() throws Exception {
        float[] large = new float[50_000];
        Random random = new Random(1);
        for (int i = 0; i < large.length; i++) {
            large[i] = random.nextFloat();
        }
        Ledger ledger = new Ledger();
        ledger.applied(2, 5, labels(ONE, large));

        ByteBuffer bytes = ByteBuffer.allocate(large.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : large) {
            bytes.putFloat(value);
        }
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        MessageDigest chain = MessageDigest.getInstance("SHA-256");
        chain.update(new byte[32]);
        chain.update(new byte[] {2, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0});
        chain.update(ONE.getBytes(StandardCharsets.US_ASCII));
        chain.update(hash);

        assertThat(ledger.summary().rollingHash()).isEqualTo(HexFormat.of().formatHex(chain.digest()));
        List<Ledger.Entry> entries = new ArrayList<>();
        ledger.forEach(entries::add);
        assertThat(entries.get(entries.size() - 1))
                .isEqualTo(new Ledger.Entry(2, 5, 1, 0, ByteBuffer.wrap(hash).getLong()));
    }

    @Test
    void file_smallLedger_isALineABatch() throws Exception {
        Ledger ledger = new Ledger();
        ledger.applied(0, 0, labels(ONE, 1));
        ledger.applied(1, 0, null);
        Path file = folder.resolve("ledger.csv");

        LedgerFile.write(file, ledger);

        // SHA-256 of 00 00 80 3f begins so.
        byte[] one = MessageDigest.getInstance("SHA-256").digest(new byte[] {0, 0, (byte) 0x80, 0x3f});
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "# labels " + ledger.summary().rollingHash(),
                        "# model 0 " + ONE,
                        "stage,batch,applied,model,labels",
                        "0,0,1,0," + HexFormat.of().formatHex(one, 0, 8),
                        "1,0,1,,");
    }
}
