package io.reflux.teacher.engine;

import com.google.protobuf.ByteString;
import io.reflux.model.runtime.Inputs;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The engine that answers, which another can take the place of between two batches. Owns the engine that is in it.
 * Thread-safe.
 */
public final class EngineSlot implements AutoCloseable {

    /** Read while a batch uses the engine; written to replace it. */
    private final ReadWriteLock uses = new ReentrantReadWriteLock();

    private volatile TeacherEngine engine;

    /** Takes over an engine. */
    public EngineSlot(TeacherEngine engine) {
        this.engine = engine;
    }

    /** The engine that answers now, to be asked what it is. */
    public TeacherEngine engine() {
        return engine;
    }

    /** The engine that answers now, to be computed with. Must be closed by the same thread. */
    public ModelUse use() {
        Lock use = uses.readLock();
        use.lock();
        TeacherEngine used = engine;
        return new ModelUse() {
            @Override
            public ByteString digest() {
                return used.digest();
            }

            @Override
            public List<float[]> values(Inputs inputs, int rows, int... wanted) {
                return used.values(inputs, rows, wanted);
            }

            @Override
            public void close() {
                use.unlock();
            }
        };
    }

    /**
     * Puts another engine in the place of the one that answers, which is closed. Waits for the batches that use it, and new
     * ones wait meanwhile.
     *
     * @param announcement runs after the last batch of the former engine and before the first of the next
     */
    public void replace(TeacherEngine next, Runnable announcement) {
        TeacherEngine former;
        Lock alone = uses.writeLock();
        alone.lock();
        try {
            former = engine;
            engine = next;
            announcement.run();
        } finally {
            alone.unlock();
        }
        former.close();
    }

    /** Closes the engine, when nobody uses it. */
    @Override
    public void close() {
        Lock alone = uses.writeLock();
        alone.lock();
        try {
            engine.close();
        } finally {
            alone.unlock();
        }
    }
}
