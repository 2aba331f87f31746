package io.reflux.teacher.label;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.Samples;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class CreditAccountTest {

    private static final int SAMPLE_BYTES = 40;
    private static final Samples SAMPLES = sequences();

    private final CreditAccount account = account(1);

    @Test
    void reserve_withoutCredit_givesNothing() {
        assertThat(account.stalled()).isTrue();
        assertThat(account.reserve(10, SAMPLES)).isZero();
        assertThat(account.maySend()).isFalse();
    }

    @Test
    void reserve_givesWhatReachesTheCredit_thenNothing() {
        account.grant(100);
        // Two samples are 80 bytes; the third begins below 100.
        assertThat(account.reserve(10, SAMPLES)).isEqualTo(3);
        assertThat(account.stalled()).isTrue();
        assertThat(account.reserve(10, SAMPLES)).isZero();
        account.release(SAMPLE_BYTES);
        assertThat(account.stalled()).isFalse();
        assertThat(account.reserve(10, SAMPLES)).isEqualTo(1);
    }

    @Test
    void reserve_whileTheConnectionIsFull_givesNothing() {
        account.grant(100);
        account.writable(false);
        assertThat(account.stalled()).isTrue();
        assertThat(account.full()).isTrue();
        assertThat(account.reserve(1, SAMPLES)).isZero();
        account.writable(true);
        assertThat(account.reserve(1, SAMPLES)).isEqualTo(1);
    }

    @Test
    void grant_beyondTheLimit_isLost_alsoWhenUnsigned() {
        account.grant(900);
        account.grant(900);
        assertThat(account.balance()).isEqualTo(1000);
        account.spend(400, 0);
        account.grant(-1);
        assertThat(account.balance()).isEqualTo(1000);
        account.grant(Long.MAX_VALUE);
        assertThat(account.balance()).isEqualTo(1000);
    }

    @Test
    void spend_mayOverdraw_andCreditPaysItBackFirst() {
        account.grant(10);
        account.spend(60, 0);
        assertThat(account.balance()).isEqualTo(-50);
        assertThat(account.maySend()).isFalse();
        account.grant(50);
        assertThat(account.maySend()).isFalse();
        account.grant(1);
        assertThat(account.maySend()).isTrue();
    }

    @Test
    void spend_ofReservedSamples_leavesNoCreditBehind() {
        account.grant(100);
        assertThat(account.reserve(10, SAMPLES)).isEqualTo(3);
        account.spend(150, 3 * SAMPLE_BYTES);
        assertThat(account.balance()).isEqualTo(-50);
        assertThat(account.reserved()).isZero();
        assertThat(account.reserve(1, SAMPLES)).isZero();
    }

    @Test
    void reserve_ofSequences_takesARowForEachPosition_orForThoseAskedFor() {
        CreditAccount sequences = account(8);
        sequences.grant(700);
        // All 8 positions of a sample are 320 bytes, 3 of them 120.
        assertThat(sequences.reserve(10, SAMPLES)).isEqualTo(3);
        sequences.release(3, SAMPLES);
        assertThat(sequences.reserved()).isZero();
        assertThat(sequences.reserve(10, sequences(1, 2, 7))).isEqualTo(6);
        sequences.release(6, sequences(1, 2, 7));
        assertThat(sequences.reserved()).isZero();
    }

    @Property
    void reservations_neverExceedTheCredit_byMoreThanASample(
            @ForAll @IntRange(max = 2000) int granted, @ForAll @IntRange(min = 1, max = 100) int asked) {
        CreditAccount fresh = account(1);
        fresh.grant(granted);
        int reserved = 0;
        for (int count = fresh.reserve(asked, SAMPLES); count > 0; count = fresh.reserve(asked, SAMPLES)) {
            reserved += count;
        }
        int credit = Math.min(granted, 1000);
        assertThat(reserved * SAMPLE_BYTES).isBetween(credit, credit + SAMPLE_BYTES - (credit > 0 ? 1 : SAMPLE_BYTES));
        assertThat(fresh.reserved()).isEqualTo((long) reserved * SAMPLE_BYTES);
        fresh.release((long) reserved * SAMPLE_BYTES);
        assertThat(fresh.reserved()).isZero();
    }

    private static CreditAccount account(int positions) {
        return new CreditAccount(1000, samples -> (long) samples.rowsEach(positions) * SAMPLE_BYTES);
    }

    private static Samples sequences(int... positions) {
        return new PositionedSamples(new TokenSamples(10, 8, 4, 10, ByteString.EMPTY), positions);
    }
}
