package io.reflux.proto.encoding;

import java.util.Arrays;

/** Finds the k-th largest number of a row, by a heap of the k largest so far whose root is the smallest of them. */
final class LargestValues {

    private final float[] heap;

    private LargestValues(float[] heap) {
        this.heap = heap;
    }

    /**
     * The {@code k}-th largest of {@code count} finite numbers from {@code from} on; equal numbers count each. Takes
     * O(count log k), and about {@code count} comparisons where k is small.
     *
     * @param k 1 to {@code count}
     */
    static float kth(float[] values, int from, int count, int k) {
        LargestValues largest = new LargestValues(Arrays.copyOfRange(values, from, from + k));
        for (int i = k / 2 - 1; i >= 0; i--) {
            largest.siftDown(i);
        }
        for (int i = from + k; i < from + count; i++) {
            if (values[i] > largest.heap[0]) {
                largest.heap[0] = values[i];
                largest.siftDown(0);
            }
        }
        return largest.heap[0];
    }

    private void siftDown(int start) {
        int parent = start;
        float value = heap[parent];
        for (int child = 2 * parent + 1; child < heap.length; child = 2 * parent + 1) {
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= value) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = value;
    }
}
