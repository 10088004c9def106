// What of an explorer a reader cannot reach or see as it stands.
(root, least) => {
  const slider = root.querySelector("input[type=range]");
  const scrolls = (node) => node.parentElement.closest("figure:has(table)");
  const problems = [...root.querySelectorAll("*")].filter((node) => !scrolls(node) && leaves(node, root, 14))
    .map((node) => `${node.tagName} leaves the explorer`);
  if (leaves(root, root.closest(".jp-OutputArea"), 0)) problems.push("the explorer leaves its cell");
  if (slider.clientWidth < least.slider) problems.push(`the slider is ${slider.clientWidth} pixels long`);
  if (covered(slider.getBoundingClientRect())) problems.push("the slider is covered");
  for (const canvas of root.querySelectorAll("canvas")) {
    if (canvas.clientWidth < least.canvas) problems.push(`a picture is ${canvas.clientWidth} pixels wide`);
    const needed = canvas.style.aspectRatio ? least.mask : least.text; // a mask has no words
    if (contrast(canvas) < needed) problems.push(`a picture has a contrast of ${contrast(canvas)}`);
  }
  return problems;

  /** Whether a part stands farther left or right than its whole, less the padding. */
  function leaves(node, whole, padding) {
    const [part, place] = [node, whole].map((each) => each.getBoundingClientRect());
    return part.width && (part.left < place.left + padding || part.right > place.right - padding);
  }

  function covered({ left, top, width, height }) {
    return document.elementFromPoint(left + width / 2, top + height / 2) !== slider;
  }

  /** The highest contrast of a pixel with the explorer's background: 1 where nothing is drawn. */
  function contrast(canvas) {
    const paper = luminance(getComputedStyle(root).backgroundColor.match(/\d+/g).map(Number));
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let highest = 1;
    for (let i = 0; i < data.length; i += 4) {
      const share = data[i + 3] / 255;
      const light = share * luminance(data.subarray(i, i + 3)) + (1 - share) * paper;
      highest = Math.max(highest, (Math.max(paper, light) + 0.05) / (Math.min(paper, light) + 0.05));
    }
    return highest;
  }

  /** WCAG's relative luminance of red, green and blue. */
  function luminance(bytes) {
    const [red, green, blue] = Array.from(bytes, (byte) => {
      const share = byte / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
}
