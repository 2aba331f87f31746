package io.reflux.teacher.lookup;

import com.google.protobuf.ByteString;
import io.reflux.teacher.batcher.Failure;
import java.util.List;

/**
 * Hears what became of a batch, part by part. Every sample that was reserved from the lane's admission is reported once,
 * unless the lane was closed. Called on any thread.
 */
public interface AnswerListener {

    /**
     * Answers to consecutive samples. If it throws, {@link #failed} is called for the same samples.
     *
     * @param first the first of the samples
     * @param answers of each output that the lane asks for one a sample, of {@link SampleEncoder}
     * @param modelDigest SHA-256 of the model that gave them
     * @param queueNanos longest time that a sample waited for the model, 0 where none was computed for it
     * @param computeNanos longest time that the model took, 0 where all were known
     */
    void answered(int first, List<List<byte[]>> answers, ByteString modelDigest, long queueNanos, long computeNanos);

    /** Some samples have no answer, and the batch will not be answered completely. */
    void failed(int samples, Failure failure, String message);
}
