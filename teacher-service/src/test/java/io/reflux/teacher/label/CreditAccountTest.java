package io.reflux.teacher.label;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class CreditAccountTest {

    private static final int SAMPLE_BYTES = 40;

    private final CreditAccount account = new CreditAccount(1000, SAMPLE_BYTES);

    @Test
    void reserve_withoutCredit_givesNothing() {
        assertThat(account.stalled()).isTrue();
        assertThat(account.reserve(10)).isZero();
        assertThat(account.maySend()).isFalse();
    }

    @Test
    void reserve_givesWhatReachesTheCredit_thenNothing() {
        account.grant(100);
        // Two samples are 80 bytes; the third begins below 100.
        assertThat(account.reserve(10)).isEqualTo(3);
        assertThat(account.stalled()).isTrue();
        assertThat(account.reserve(10)).isZero();
        account.release(1);
        assertThat(account.stalled()).isFalse();
        assertThat(account.reserve(10)).isEqualTo(1);
    }

    @Test
    void reserve_whileTheConnectionIsFull_givesNothing() {
        account.grant(100);
        account.writable(false);
        assertThat(account.stalled()).isTrue();
        assertThat(account.full()).isTrue();
        assertThat(account.reserve(1)).isZero();
        account.writable(true);
        assertThat(account.reserve(1)).isEqualTo(1);
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
        assertThat(account.reserve(10)).isEqualTo(3);
        account.spend(150, 3);
        assertThat(account.balance()).isEqualTo(-50);
        assertThat(account.reserved()).isZero();
        assertThat(account.reserve(1)).isZero();
    }

    @Property
    void reservations_neverExceedTheCredit_byMoreThanASample(
            @ForAll @IntRange(max = 2000) int granted, @ForAll @IntRange(min = 1, max = 100) int asked) {
        CreditAccount fresh = new CreditAccount(1000, SAMPLE_BYTES);
        fresh.grant(granted);
        int reserved = 0;
        for (int count = fresh.reserve(asked); count > 0; count = fresh.reserve(asked)) {
            reserved += count;
        }
        int credit = Math.min(granted, 1000);
        assertThat(reserved * SAMPLE_BYTES).isBetween(credit, credit + SAMPLE_BYTES - (credit > 0 ? 1 : SAMPLE_BYTES));
        assertThat(fresh.reserved()).isEqualTo((long) reserved * SAMPLE_BYTES);
        fresh.release(reserved);
        assertThat(fresh.reserved()).isZero();
    }
}
