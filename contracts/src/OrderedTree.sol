// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Merkle trees whose leaves have places
/// @notice leaf = keccak256(dataHash); neighbours join as keccak256(abi.encode(left, right)); the last node of a level of
/// odd length moves up unchanged. The number of leaves fixes how many siblings each place has, so no inner node can pass
/// for a leaf.
library OrderedTree {
    /// @return whether the leaf of this data hash stands at this place of the tree of so many leaves
    function holds(bytes32 root, uint256 leaves, bytes32 dataHash, uint256 index, bytes32[] calldata siblings)
        internal
        pure
        returns (bool)
    {
        if (index >= leaves) return false;
        bytes32 node = keccak256(abi.encode(dataHash));
        uint256 used = 0;
        for (uint256 width = leaves; width > 1; width = (width + 1) / 2) {
            bool right = index % 2 == 1;
            if (right || index + 1 < width) {
                if (used == siblings.length) return false;
                bytes32 sibling = siblings[used++];
                node = keccak256(right ? abi.encode(sibling, node) : abi.encode(node, sibling));
            }
            index /= 2;
        }
        return used == siblings.length && node == root;
    }
}
