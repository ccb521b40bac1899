// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

/// @title ERC-1155 tokens of which there is one of each
interface IUniqueToken is IERC1155 {
    error AlreadyMinted(uint256 id);

    /// @notice Make a token of which there is one, for ever. Its id = keccak256(abi.encode(caller, salt)), so nobody can
    /// take another's id by being first.
    /// @param to receives it; a contract must accept ERC-1155 tokens
    /// @param metadata SHA-256 of a JSON document (ERC-1155 metadata) that IPFS has as one raw block; `uri` names it
    function mintUnique(address to, bytes32 salt, bytes32 metadata) external returns (uint256 id);

    /// @notice Who has the one token of this id; the zero address if nobody does.
    function ownerOf(uint256 id) external view returns (address);
}
