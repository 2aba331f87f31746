package io.reflux.proto.encoding;

import java.nio.ByteBuffer;

/** Numbers of any number of bits, least significant bit first, in bytes that are filled from their least significant bit on. */
final class Bits {

    private Bits() {}

    /** Bits that numbers from 0 to {@code values - 1} need: ceil(log2(values)). */
    static int width(int values) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(values - 1);
    }

    /** Whole bytes that hold so many bits. */
    static long bytes(long bits) {
        return (bits + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** Appends bits to a buffer. */
    static final class Writer {

        private final ByteBuffer out;
        private long pending;
        private int numPending;

        Writer(ByteBuffer out) {
            this.out = out;
        }

        /** Writes the {@code width} lowest bits, 0 to 32, of a number that has no others. */
        void write(int value, int width) {
            pending |= Integer.toUnsignedLong(value) << numPending;
            numPending += width;
            while (numPending >= Byte.SIZE) {
                out.put((byte) pending);
                pending >>>= Byte.SIZE;
                numPending -= Byte.SIZE;
            }
        }

        /** Fills the last byte with zeros. */
        void finish() {
            if (numPending > 0) {
                out.put((byte) pending);
                pending = 0;
                numPending = 0;
            }
        }
    }

    /** Takes bits from a buffer. */
    static final class Reader {

        private final ByteBuffer in;
        private long pending;
        private int numPending;

        Reader(ByteBuffer in) {
            this.in = in;
        }

        /**
         * Reads a number of {@code width} bits, 0 to 31.
         *
         * @throws EncodingException with code {@code LENGTH} if the buffer ends before
         */
        int read(int width) {
            while (numPending < width) {
                if (!in.hasRemaining()) {
                    throw EncodingException.length(in.limit(), "more");
                }
                pending |= (in.get() & 0xffL) << numPending;
                numPending += Byte.SIZE;
            }
            int value = (int) (pending & ((1L << width) - 1));
            pending >>>= width;
            numPending -= width;
            return value;
        }

        /**
         * Ends at the next byte.
         *
         * @throws EncodingException with code {@code MALFORMED} if a bit between is not 0
         */
        void finish() {
            if (pending != 0) {
                throw EncodingException.malformed("bits behind the last number of a row: 1 (expected: 0)");
            }
            numPending = 0;
        }
    }
}
