package io.reflux.teacher.cache;

import com.google.protobuf.ByteString;
import io.reflux.data.view.Augmentation;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import java.util.Random;

/** Keys and rows for tests; a row's bytes follow from its key. */
final class Rows {

    static final ByteString MODEL = ByteString.copyFrom(new byte[32]);
    static final Encoding FP32 =
            Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP32).build();
    static final CacheScope SCOPE =
            CacheScope.of(MODEL, 0, ByteString.copyFromUtf8("set"), Augmentation.NONE, "logits", new int[0], FP32);

    private Rows() {}

    static RowKey key(long sampleId) {
        return new RowKey(SCOPE, sampleId, 0);
    }

    static byte[] row(RowKey key, int bytes) {
        byte[] row = new byte[bytes];
        new Random(key.sampleId()).nextBytes(row);
        return row;
    }
}
