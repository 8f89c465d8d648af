;; The inner loops of resizing, with four pixels in one instruction. Compiled by `node scripts/compile-wat.mjs`.
;;
;; An axis is planned by four arrays, one entry an output pixel: `starts` (i32), `counts` (i32), `first` (f32), `last`
;; (f32): counts[i] input pixels from starts[i] on, of which the first counts first[i] times, the last last[i] times, and
;; each one between them once. All pointers are bytes from the start of the memory.
(module
  (memory (export "memory") 1)

  ;; Makes columns[0..width) (four f32 each, red green blue and one that is not used) of one output row: the rows that it
  ;; covers, added. `source`: its first input row; four bytes a pixel. Works on four pixels at a time, so it reads up to
  ;; 12 bytes behind the last row, and writes up to three columns too many.
  (func $addRows (param $source i32) (param $width i32) (param $count i32) (param $first f32) (param $last f32)
                 (param $columns i32)
    (local $stride i32) (local $end i32) (local $at i32) (local $rows i32) (local $chunk i32)
    (local $bytes v128) (local $low v128) (local $high v128) (local $share v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (local.set $end (i32.add (local.get $source) (local.get $stride)))
    (loop $pixels
      ;; The first row.
      (local.set $bytes (v128.load (local.get $source)))
      (local.set $low (i16x8.extend_low_i8x16_u (local.get $bytes)))
      (local.set $high (i16x8.extend_high_i8x16_u (local.get $bytes)))
      (local.set $share (f32x4.splat (local.get $first)))
      (local.set $a (f32x4.mul (local.get $share) (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $low)))))
      (local.set $b (f32x4.mul (local.get $share) (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $low)))))
      (local.set $c (f32x4.mul (local.get $share) (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $high)))))
      (local.set $d (f32x4.mul (local.get $share) (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $high)))))
      (local.set $at (local.get $source))
      (if (i32.gt_s (local.get $count) (i32.const 1))
        (then
          ;; The rows between, as integers: 256 of them fit into 16 bits.
          (local.set $rows (i32.sub (local.get $count) (i32.const 2)))
          (block $summed
            (loop $chunks
              (br_if $summed (i32.eqz (local.get $rows)))
              (local.set $chunk (select (i32.const 256) (local.get $rows) (i32.gt_s (local.get $rows) (i32.const 256))))
              (local.set $rows (i32.sub (local.get $rows) (local.get $chunk)))
              (local.set $low (v128.const i32x4 0 0 0 0))
              (local.set $high (v128.const i32x4 0 0 0 0))
              (loop $inner
                (local.set $at (i32.add (local.get $at) (local.get $stride)))
                (local.set $bytes (v128.load (local.get $at)))
                (local.set $low (i16x8.add (local.get $low) (i16x8.extend_low_i8x16_u (local.get $bytes))))
                (local.set $high (i16x8.add (local.get $high) (i16x8.extend_high_i8x16_u (local.get $bytes))))
                (br_if $inner (local.tee $chunk (i32.sub (local.get $chunk) (i32.const 1)))))
              (local.set $a (f32x4.add (local.get $a) (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $low)))))
              (local.set $b (f32x4.add (local.get $b) (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $low)))))
              (local.set $c (f32x4.add (local.get $c) (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $high)))))
              (local.set $d (f32x4.add (local.get $d) (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $high)))))
              (br $chunks)))
          ;; The last row.
          (local.set $bytes (v128.load (i32.add (local.get $at) (local.get $stride))))
          (local.set $low (i16x8.extend_low_i8x16_u (local.get $bytes)))
          (local.set $high (i16x8.extend_high_i8x16_u (local.get $bytes)))
          (local.set $share (f32x4.splat (local.get $last)))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $share)
            (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $low))))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $share)
            (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $low))))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $share)
            (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $high))))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $share)
            (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $high))))))))
      (v128.store (local.get $columns) (local.get $a))
      (v128.store offset=16 (local.get $columns) (local.get $b))
      (v128.store offset=32 (local.get $columns) (local.get $c))
      (v128.store offset=48 (local.get $columns) (local.get $d))
      (local.set $columns (i32.add (local.get $columns) (i32.const 64)))
      (br_if $pixels (i32.lt_u (local.tee $source (i32.add (local.get $source) (i32.const 16))) (local.get $end)))))

  ;; Fills `width` × `height` pixels of three bytes at `target`, whose rows are `targetStride` bytes apart, from a source
  ;; of `sourceWidth` pixels a row. `across` and `down` point to the plans of the axes, array behind array. The sums are
  ;; multiplied by `scale` and rounded. Writes one byte (0) behind each row.
  (func (export "resample") (param $source i32) (param $sourceWidth i32) (param $across i32) (param $width i32)
                            (param $down i32) (param $height i32) (param $scale f32) (param $columns i32)
                            (param $target i32) (param $targetStride i32)
    (local $widthBytes i32) (local $heightBytes i32) (local $row i32) (local $rowEnd i32) (local $entry i32) (local $out i32)
    (local $entryEnd i32) (local $at i32) (local $end i32) (local $count i32) (local $sum v128)
    (local.set $widthBytes (i32.shl (local.get $width) (i32.const 2)))
    (local.set $heightBytes (i32.shl (local.get $height) (i32.const 2)))
    (local.set $row (local.get $down))
    (local.set $rowEnd (i32.add (local.get $down) (local.get $heightBytes)))
    (local.set $entryEnd (i32.add (local.get $across) (local.get $widthBytes)))
    (loop $rows
      (local.set $at (i32.add (local.get $row) (local.get $heightBytes)))
      (call $addRows
        (i32.add (local.get $source)
          (i32.shl (i32.mul (i32.load (local.get $row)) (local.get $sourceWidth)) (i32.const 2)))
        (local.get $sourceWidth)
        (i32.load (local.get $at))
        (f32.load (local.tee $at (i32.add (local.get $at) (local.get $heightBytes))))
        (f32.load (i32.add (local.get $at) (local.get $heightBytes)))
        (local.get $columns))
      (local.set $entry (local.get $across))
      (local.set $out (local.get $target))
      (loop $pixels
        (local.set $at (i32.add (local.get $columns) (i32.shl (i32.load (local.get $entry)) (i32.const 4))))
        (local.set $count (i32.load (local.tee $end (i32.add (local.get $entry) (local.get $widthBytes)))))
        (local.set $sum (f32x4.mul (v128.load (local.get $at))
          (v128.load32_splat (local.tee $end (i32.add (local.get $end) (local.get $widthBytes))))))
        (if (i32.gt_s (local.get $count) (i32.const 1))
          (then
            (local.set $count (i32.sub (local.get $count) (i32.const 2)))
            (block $summed
              (loop $inner
                (local.set $at (i32.add (local.get $at) (i32.const 16)))
                (br_if $summed (i32.eqz (local.get $count)))
                (local.set $sum (f32x4.add (local.get $sum) (v128.load (local.get $at))))
                (local.set $count (i32.sub (local.get $count) (i32.const 1)))
                (br $inner)))
            (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (v128.load (local.get $at))
              (v128.load32_splat (i32.add (local.get $end) (local.get $widthBytes))))))))
        ;; Rounded to a byte each; the fourth is not ours.
        (local.set $sum (i32x4.trunc_sat_f32x4_u
          (f32x4.add (f32x4.mul (local.get $sum) (f32x4.splat (local.get $scale))) (v128.const f32x4 0.5 0.5 0.5 0.5))))
        (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
        (i32.store (local.get $out) (i32.and (i32.const 0xffffff)
          (i32x4.extract_lane 0 (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))))
        (local.set $out (i32.add (local.get $out) (i32.const 3)))
        (br_if $pixels (i32.lt_u (local.tee $entry (i32.add (local.get $entry) (i32.const 4))) (local.get $entryEnd))))
      (local.set $target (i32.add (local.get $target) (local.get $targetStride)))
      (br_if $rows (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 4))) (local.get $rowEnd))))))
