package io.reflux.teacher.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class StoredRowTest {

    @Property(tries = 200)
    void row_roundTrips_andEveryFlippedBitIsNoticed(
            @ForAll @Size(max = 40) byte[] key,
            @ForAll @Size(max = 60) byte[] row,
            @ForAll @IntRange(max = 7) int bit) {
        byte[] stored = StoredRow.write(key, row);
        assertThat(StoredRow.read(key, stored)).isEqualTo(row);
        for (int i = 0; i < stored.length; i++) {
            stored[i] ^= (byte) (1 << bit);
            assertThat(StoredRow.read(key, stored)).isNull();
            stored[i] ^= (byte) (1 << bit);
        }
    }

    @Test
    void row_truncatedOrOfAnotherKey_isNotRead() {
        byte[] stored = StoredRow.write(new byte[] {1}, new byte[] {2, 3});
        for (int length = 0; length < stored.length; length++) {
            assertThat(StoredRow.read(new byte[] {1}, Arrays.copyOf(stored, length)))
                    .isNull();
        }
        assertThat(StoredRow.read(new byte[] {2}, stored)).isNull();
    }

    /** RFC 3720, B.4: the CRC-32C of 32 zeros is 8a9136aa, here 31 of the key and one of the row. */
    @Test
    void checksum_isTheOneOfTheStandard() {
        byte[] stored = StoredRow.write(new byte[31], new byte[1]);
        assertThat(stored).isEqualTo(new byte[] {1, (byte) 0xaa, 0x36, (byte) 0x91, (byte) 0x8a, 0});
    }
}
