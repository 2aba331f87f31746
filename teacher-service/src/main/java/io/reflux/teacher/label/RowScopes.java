package io.reflux.teacher.label;

import com.google.protobuf.ByteString;
import io.reflux.proto.v1.Encoding;
import io.reflux.teacher.cache.CacheScope;
import org.jspecify.annotations.Nullable;

/** The scopes of a stream's rows: one a model that answers it. Thread-safe. */
final class RowScopes {

    private final int fixedRows;
    private final ViewSource views;
    private final ByteString dataSet;
    private final int[] positions;
    private final Encoding rows;

    /** The last one asked for; there seldom is another. */
    private volatile @Nullable CacheScope last;

    RowScopes(int fixedRows, ViewSource views, ByteString dataSet, int[] positions, Encoding rows) {
        this.fixedRows = fixedRows;
        this.views = views;
        this.dataSet = dataSet;
        this.positions = positions;
        this.rows = rows;
    }

    CacheScope of(ByteString modelDigest) {
        CacheScope known = last;
        if (known != null && known.modelDigest().equals(modelDigest)) {
            return known;
        }
        CacheScope scope =
                CacheScope.of(modelDigest, fixedRows, dataSet, views.augmentation(), Offer.LOGITS, positions, rows);
        last = scope;
        return scope;
    }
}
